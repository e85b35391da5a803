// SPDX-License-Identifier: Apache-2.0
using FsCheck;
using FsCheck.Fluent;

namespace LoadBalancer.VipConfig.Tests;

public sealed class RoundTripTests
{
    [Fact]
    public void Configuration_WrittenAndRead_IsTheSame() =>
        Prop.ForAll<int>(seed =>
        {
            VipConfiguration configuration = new AnyConfiguration(seed).Make();
            string yaml = VipdYaml.Write(configuration);
            ConfigurationReading reading = VipdYaml.Read(yaml, "vipd.yaml");
            Assert.True(configuration == reading.Configuration, yaml + string.Join('\n', reading.Problems));
            Assert.Empty(ConfigurationDifference.Between(configuration, reading.Configuration));
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(300));

    [Fact]
    public void Difference_OfAnyTwo_IsEmptyOnlyWhenTheyAreEqual() =>
        Prop.ForAll<int, int>((one, other) =>
        {
            VipConfiguration before = new AnyConfiguration(one).Make(), after = new AnyConfiguration(other).Make();
            Assert.Equal(before == after, ConfigurationDifference.Between(before, after).Count == 0);
        }).Check(Config.QuickThrowOnFailure);

    [Fact]
    public void Duration_WrittenAndRead_IsTheSame() =>
        Prop.ForAll<int, byte>((number, scale) =>
        {
            TimeSpan duration = new(Math.Abs((long)number) * (long)Math.Pow(10, scale % 6));
            Assert.True(DurationText.TryParse(DurationText.Write(duration), out TimeSpan again));
            Assert.Equal(duration, again);
        }).Check(Config.QuickThrowOnFailure);

    [Fact]
    public void Text_OfAnyCharacters_SurvivesYaml() =>
        Prop.ForAll<string?>(text =>
        {
            // A lone half of a pair is no text, and no file can hold it.
            string value = System.Text.Encoding.UTF8.GetString(System.Text.Encoding.UTF8.GetBytes(text ?? ""));
            VipConfiguration configuration = new() { Global = new() { NodeName = value }, Notify = [new() { Command = [value, "x"] }] };
            Assert.Equal(configuration, VipdYaml.Read(VipdYaml.Write(configuration), "v").Configuration);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(500));
}
