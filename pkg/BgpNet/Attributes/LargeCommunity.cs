// SPDX-License-Identifier: Apache-2.0
using System.Globalization;

namespace LoadBalancer.BgpNet.Attributes;

/// <summary>A large community (RFC 8092 3): who gave it a meaning, and two numbers of theirs.</summary>
public readonly record struct LargeCommunity(uint GlobalAdministrator, uint LocalData1, uint LocalData2)
{
    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{GlobalAdministrator}:{LocalData1}:{LocalData2}");
}
