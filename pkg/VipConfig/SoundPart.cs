// SPDX-License-Identifier: Apache-2.0
namespace LoadBalancer.VipConfig;

/// <summary>What of a configuration can run by itself.</summary>
/// <param name="Configuration">The objects without errors that depend on none with errors.</param>
/// <param name="LeftOut">The others, in the order of their paths.</param>
/// <param name="MayRun">
/// Whether it may take the place of the whole: every error is of an object that is left out with it, and something is left to do.
/// </param>
public sealed record SoundPart(VipConfiguration Configuration, ValueList<LeftOut> LeftOut, bool MayRun);
