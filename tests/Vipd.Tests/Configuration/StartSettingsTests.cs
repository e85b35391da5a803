// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.VipConfig;

namespace LoadBalancer.Vipd.Tests.Configuration;

public sealed class StartSettingsTests
{
    [Fact]
    public void Differing_EachSettingOfTheStart_IsNamedAndNoOther()
    {
        GlobalSettings usual = new();
        Assert.Empty(StartSettings.Differing(usual, new() { NodeName = "other", ScriptUser = "nobody" }));
        GlobalSettings other = new() { RealtimePriority = 10, Nice = -5, Processors = [1], LockMemory = !usual.LockMemory, StartupDelay = TimeSpan.FromSeconds(9) };
        Assert.Equal(["realtimePriority", "nice", "processors", "lockMemory", "startupDelay"], StartSettings.Differing(usual, other));
    }
}
