// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.VipConfig.Judging;
using LoadBalancer.VipConfig.Yaml;

namespace LoadBalancer.VipConfig;

/// <summary>The first door: <c>vipd.yaml</c>, read strictly and written back.</summary>
public static class VipdYaml
{
    private const string VersionKey = "version";

    private const string Version = "1";

    /// <summary>Reads a file's text; every problem names the file, line and column, what is wrong and what to do.</summary>
    public static ConfigurationReading Read(string text, string file)
    {
        ProblemList problems = new();
        problems.Locate("", new(file, 1, 1));
        YamlNode? root = YamlLoader.Load(text, file, problems);
        ReadContext context = new(file, problems);
        VipConfiguration configuration = new();
        if (root is YamlMapping mapping)
        {
            TakeVersion(mapping, context);
            if (ConfigurationSchema.Configuration.TryRead(mapping, context, "", out VipConfiguration? read))
                configuration = read;
            Validation.Judge(configuration, problems);
        }
        else if (root is not null)
            context.Refuse(root, "", $"holds {root.Noun}: begin with \"version: 1\"");
        else if (problems.InOrder().Count == 0)
            problems.Add(ProblemKind.Error, "", "the file is empty: begin with \"version: 1\" and add instances");
        return new(configuration, problems.InOrder()) { Places = problems };
    }

    /// <summary>The YAML that <see cref="Read"/> makes the same configuration of; passwords are in it.</summary>
    public static string Write(VipConfiguration configuration)
    {
        YamlNode body = ConfigurationSchema.Configuration.Write(configuration);
        List<(YamlScalar, YamlNode)> entries = [(new YamlScalar(VersionKey, quoted: false), new YamlScalar(Version, quoted: false))];
        entries.AddRange(((YamlMapping)body).Entries);
        return YamlEmitter.Write(new YamlMapping(entries));
    }

    private static void TakeVersion(YamlMapping mapping, ReadContext context)
    {
        int index = mapping.Entries.FindIndex(static entry => entry.Key.Value == VersionKey);
        if (index < 0)
        {
            context.Refuse(mapping, VersionKey, "is missing: write \"version: 1\" as the first line, so that later versions know how to read the file");
            return;
        }

        YamlNode value = mapping.Entries[index].Value;
        mapping.Entries.RemoveAt(index);
        if (value is not YamlScalar { Value: Version })
            context.Refuse(value, VersionKey, "is not 1, the only version there is: write \"version: 1\", or use a newer vipd");
    }
}
