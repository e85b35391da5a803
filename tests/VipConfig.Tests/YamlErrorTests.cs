// SPDX-License-Identifier: Apache-2.0
namespace LoadBalancer.VipConfig.Tests;

public sealed class YamlErrorTests
{
    [Theory]
    [InlineData("prioritty: 5", 7, "web.prioritty is not known, did you mean priority: correct or remove it")]
    [InlineData("priority: 300", 7, "is \"300\": write a whole number from 1 to 255")]
    [InlineData("priority: 5\npriority: 6", 8, "web.priority is there twice: remove one")]
    [InlineData("advertInterval: 100", 7, "write a duration with its unit, such as 100ms")]
    [InlineData("advertInterval: [1s]", 7, "holds a list: write a duration")]
    [InlineData("preempt: yes", 7, "is \"yes\": write true or false")]
    [InlineData("vrrpVersion: 4", 7, "write 2 or 3")]
    [InlineData("checksum: rfc", 7, "write one of pseudoHeader, messageOnly, likeMaster")]
    [InlineData("sourceAddress: 192.0.2.1/24", 7, "write an IPv4 or IPv6 address without a length")]
    [InlineData("track:\n  scripts: nginx", 8, "holds a single value: write a list")]
    [InlineData("track:\n  scripts: [nginx]", 8, "is \"nginx\", and there is no such script")]
    [InlineData("unicast:\n  peers:\n    - 192.0.2.999", 9, "unicast.peers[0] is \"192.0.2.999\": write an IPv4 or IPv6 address")]
    [InlineData("priority:", 7, "holds nothing: write a whole number")]
    [InlineData("authentication: {password: [geheim]}", 7, "holds a list: write the password in quotes")]
    [InlineData("unicast: &u {}", 7, "anchors (&) and tags (!) are not used here")]
    [InlineData("unicast: *u", 7, "aliases (*) are not used here")]
    public void Instance_Mistake_IsNamedWithPlaceAndRemedy(string lines, int line, string says)
    {
        ConfigurationReading reading = Samples.YamlInstance(lines);
        ConfigProblem problem = Assert.Single(reading.Problems, problem => problem.Message.Contains(says, StringComparison.Ordinal));
        Assert.Equal((ProblemKind.Error, "vipd.yaml", line), (problem.Kind, problem.Position.File, problem.Position.Line));
        Assert.True(problem.Position.Column > 4);
        Assert.DoesNotContain("geheim", problem.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "the file is empty: begin with \"version: 1\"")]
    [InlineData("# nothing", "the file is empty")]
    [InlineData("- a", "holds a list: begin with \"version: 1\"")]
    [InlineData("instances: {}", "version is missing: write \"version: 1\" as the first line")]
    [InlineData("version: 2", "version is not 1, the only version there is")]
    [InlineData("version: 1\n---\nversion: 1", "a second document begins here")]
    [InlineData("version: 1\n  instances: {}", "this is no YAML")]
    [InlineData("version: 1\ninstances: {a\u0001b: {}}", "a control character stands here")]
    [InlineData("version: 1\ninstances: [web]", "holds a list: write a mapping from each name")]
    [InlineData("version: 1\ninstances: {\"a b\": {}}", "has a name that is empty, has blanks or is too long")]
    [InlineData("version: 1\ninstances: {a: {}, a: {}}", "instances.a is there twice")]
    [InlineData("version: 1\n? [a]\n: 1", "stands where a key must")]
    [InlineData("version: 1\ninstance: {}", "instance is not known, did you mean instances")]
    public void File_Mistake_IsNamed(string text, string says)
    {
        ConfigurationReading reading = VipdYaml.Read(text, "vipd.yaml");
        Assert.False(reading.IsValid);
        Assert.Contains(reading.Problems, problem => problem.ToString().StartsWith("vipd.yaml:", StringComparison.Ordinal) && problem.Message.Contains(says, StringComparison.Ordinal));
    }

    [Fact]
    public void File_ManyMistakes_AreAllNamedInOrder()
    {
        ConfigurationReading reading = Samples.YamlInstance("priority: x\nadvertInterval: 5\nbogus: 1\nroutes: [{via: 192.0.2.1}]", "scripts: {a: {weight: 900}}\n");
        Assert.Equal([7, 8, 9, 10, 11], reading.Problems.Select(problem => problem.Position.Line).Distinct());
    }

    [Fact]
    public void File_NestedWithoutEnd_IsRefusedInTime()
    {
        ConfigurationReading reading = VipdYaml.Read("version: " + new string('[', 100_000), "vipd.yaml");
        Assert.Contains(reading.Problems, problem => problem.Message.Contains("nested more than", StringComparison.Ordinal));
    }

    [Fact]
    public void Report_WithoutEnd_IsCut()
    {
        ConfigurationReading reading = VipdYaml.Read("version: 1\ninstances:\n" + string.Concat(Enumerable.Range(0, 5000).Select(i => $"  i{i}: {{x: 1}}\n")), "vipd.yaml");
        Assert.Equal(1001, reading.Problems.Count);
    }

    [Fact]
    public void Secret_Anywhere_IsNotShown()
    {
        ConfigurationReading yaml = Samples.YamlInstance("vrrpVersion: 3\nauthentication: {password: \"geheim-und-lang\"}");
        ConfigurationReading conf = Samples.Instance("version 3", "authentication {", "auth_type GEHEIM-type", "auth_pass geheim-und-lang", "auth_pas geheim", "}");
        foreach (ConfigurationReading reading in new[] { yaml, conf })
        {
            Assert.NotEmpty(reading.Problems);
            Assert.DoesNotContain("geheim", string.Join('\n', reading.Problems), StringComparison.Ordinal);
            Assert.DoesNotContain("geheim", reading.Configuration.ToString(), StringComparison.Ordinal);
        }

        Assert.Equal("(secret)", yaml.Configuration.Instances[0].Authentication!.Password.ToString());
        ConfigurationReading changed = Samples.YamlInstance("vrrpVersion: 3\nauthentication: {password: \"geheim-anders\"}");
        Assert.Equal("instances.web changes in authentication.password", Assert.Single(ConfigurationDifference.Between(yaml.Configuration, changed.Configuration)).ToString());
    }

    [Fact]
    public void OurSample_EveryKeyOfTheSchema_StandsInIt()
    {
        string sample = Samples.Yaml;
        IEnumerable<string> keys = new[]
        {
            Yaml.ConfigurationSchema.Configuration.Keys, Yaml.ConfigurationSchema.Global.Keys, Yaml.ConfigurationSchema.Group.Keys, Yaml.InstanceSchemas.Instance.Keys,
            Yaml.InstanceSchemas.Track.Keys, Yaml.Schemas.OneAddress.Keys, Yaml.Schemas.Route.Keys, Yaml.Schemas.Rule.Keys, Yaml.Schemas.Hook.Keys, Yaml.TrackedSchemas.Script.Keys,
            Yaml.TrackedSchemas.Process.Keys, Yaml.TrackedSchemas.File.Keys, Yaml.TrackedSchemas.Route.Keys, Yaml.TrackedSchemas.Service.Keys, Yaml.TrackedSchemas.Bfd.Keys,
            Yaml.ForwardingSchemas.Server.Keys, Yaml.ForwardingSchemas.Check.Keys,
        }.SelectMany(list => list);
        Assert.All(keys, key => Assert.Matches($@"(?m)^[ #-]*{key}:", sample));
    }
}
