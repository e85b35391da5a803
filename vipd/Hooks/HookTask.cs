// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.VipConfig;

namespace LoadBalancer.Vipd.Hooks;

/// <summary>One hook to be called once, with what held when it was told.</summary>
internal sealed record HookTask(HookCall Call, NotifyHook Hook, GlobalSettings Global, DateTimeOffset At);
