// SPDX-License-Identifier: Apache-2.0
namespace LoadBalancer.Config.Judging;

/// <summary>Why two objects do not go together.</summary>
/// <param name="Message">The reason and the remedy, as said of the later one.</param>
/// <param name="IsCertain">Whether they clash whatever the nodes' labels are: then the later one is refused, else it is warned.</param>
internal readonly record struct Clash(string Message, bool IsCertain);
