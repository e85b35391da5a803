// SPDX-License-Identifier: Apache-2.0
namespace LoadBalancer.Vipd.Kubernetes;

/// <summary>How an instance of this node stands, for the status of the VirtualIP of its name.</summary>
/// <param name="Instance">The instance's name; one that no VirtualIP has is passed over.</param>
/// <param name="State">Master, Backup, Fault or Init.</param>
/// <param name="Priority">The priority in force.</param>
/// <param name="Interface">Where it advertises.</param>
/// <param name="Since">When the state was entered.</param>
/// <param name="Transitions">How often it has become master.</param>
/// <param name="Reason">Why it is in that state, in words.</param>
/// <param name="Stranger">Who uses its number for other addresses; empty for nobody.</param>
internal sealed record VirtualIpReport(string Instance, string State, int Priority, string Interface, DateTimeOffset Since, long Transitions, string Reason, string Stranger = "")
{
    public const string Master = "Master";
    public const string Fault = "Fault";

    public bool IsMaster => State == Master;
}
