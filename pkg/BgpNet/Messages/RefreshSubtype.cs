// SPDX-License-Identifier: Apache-2.0
namespace LoadBalancer.BgpNet.Messages;

/// <summary>What a ROUTE-REFRESH says (RFC 7313 3.2); others are passed over.</summary>
public enum RefreshSubtype : byte
{
    /// <summary>Send all routes of the family again.</summary>
    Request = 0,

    /// <summary>All routes of the family follow (BoRR).</summary>
    Begin = 1,

    /// <summary>All routes of the family have been sent (EoRR); what was not among them is gone.</summary>
    End = 2,
}
