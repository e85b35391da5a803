// SPDX-License-Identifier: Apache-2.0
namespace LoadBalancer.BgpNet;

/// <summary>What an error costs, mildest first (RFC 7606 2); of several errors in one message the worst counts.</summary>
public enum ErrorGrade : byte
{
    /// <summary>Nothing is wrong.</summary>
    None = 0,

    /// <summary>The attribute is left out, the routes stand.</summary>
    AttributeDiscard = 1,

    /// <summary>The routes of the message count as withdrawn.</summary>
    TreatAsWithdraw = 2,

    /// <summary>All routes of the family are dropped and the family is not listened to until the session is opened anew.</summary>
    DisableFamily = 3,

    /// <summary>The session ends with a NOTIFICATION.</summary>
    SessionReset = 4,
}
