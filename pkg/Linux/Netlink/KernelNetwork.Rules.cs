// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using System.Runtime.InteropServices;
using LoadBalancer.Linux.Native;
using LoadBalancer.Primitives;

namespace LoadBalancer.Linux.Netlink;

public sealed partial class KernelNetwork
{
    /// <summary>Adds rules in one send; one that is there already is left.</summary>
    public ChangeOutcome[] Add(ReadOnlySpan<HeldRule> rules) => Execute(
        rules,
        static (batch, rule) => Write(batch, rule, RuleReader.NewRule, NetlinkSocket.FlagCreate | NetlinkSocket.FlagExclusive),
        static (rule, error, detail) => error == FileExists ? new(ChangeStatus.AlreadySo) : Refused($"add {Describe(rule)}", error, detail));

    /// <summary>Removes rules in one send; one that is not there is no failure.</summary>
    public ChangeOutcome[] Remove(ReadOnlySpan<HeldRule> rules) => Execute(
        rules,
        static (batch, rule) => Write(batch, rule, RuleReader.DeleteRule, 0),
        static (rule, error, detail) => error == NoSuchEntry ? new(ChangeStatus.AlreadySo) : Refused($"remove {Describe(rule)}", error, detail));

    /// <summary>The rules of one family, those of the kernel included.</summary>
    /// <exception cref="LinuxException">The kernel did not give the list.</exception>
    public ImmutableArray<HeldRule> ListRules(IpFamily family)
    {
        ImmutableArray<HeldRule>.Builder found = ImmutableArray.CreateBuilder<HeldRule>();
        _batch.Clear();
        Span<byte> header = _batch.Begin(RuleReader.GetRule, NetlinkSocket.FlagRequest | NetlinkSocket.FlagDump, RuleReader.HeaderLength);
        header[0] = FamilyOf(family);
        _channel.List(_batch, "read the rules of policy routing", found.Clear, (type, payload) =>
        {
            if (type == RuleReader.NewRule && RuleReader.TryRead(payload, out HeldRule? rule))
            {
                found.Add(rule);
            }
        });
        return found.DrainToImmutable();
    }

    /// <summary>Removes the rules of one who added them that are not to stay, in both families; returns what was removed.</summary>
    /// <exception cref="LinuxException">The kernel did not give the list.</exception>
    public ImmutableArray<HeldRule> SweepRules(byte protocol, Func<HeldRule, bool> stays)
    {
        HeldRule[] leftovers = protocol == 0
            ? []
            : [.. ListRules(IpFamily.IPv4).Concat(ListRules(IpFamily.IPv6)).Where(r => r.Protocol == protocol && !stays(r))];
        ChangeOutcome[] outcomes = Remove(leftovers);
        return [.. leftovers.Where((_, i) => outcomes[i].Holds)];
    }

    private static byte FamilyOf(IpFamily family) => (byte)(family == IpFamily.IPv4 ? Libc.AfInet : Libc.AfInet6);

    private static string Describe(HeldRule rule) =>
        $"the {rule.Family} rule of priority {rule.Priority}{(rule.From is { } from ? $" from {from}" : "")}{(rule.To is { } to ? $" to {to}" : "")}";

    // struct fib_rule_hdr: family, destination length, source length, TOS, table, two reserved, action, flags (4).
    private static void Write(NetlinkBatch batch, HeldRule rule, ushort type, int flags)
    {
        Span<byte> header = batch.Begin(type, RequestFlags(flags), RuleReader.HeaderLength);
        header[0] = FamilyOf(rule.Family);
        header[1] = (byte)(rule.To?.Length ?? 0);
        header[2] = (byte)(rule.From?.Length ?? 0);
        header[4] = rule.Table < byte.MaxValue && rule.Action == RuleAction.Lookup ? (byte)rule.Table : TableInAttribute;
        header[7] = (byte)rule.Action;
        MemoryMarshal.Write(header[8..], rule.IsInverted ? RuleReader.Inverted : 0);
        batch.Put(RuleReader.Priority, rule.Priority);
        if (rule.Action == RuleAction.Lookup)
        {
            batch.Put(RuleReader.Table, rule.Table);
        }

        if (rule.To is { Length: > 0 } to)
        {
            batch.Put(RuleReader.Destination, to.Address);
        }

        if (rule.From is { Length: > 0 } from)
        {
            batch.Put(RuleReader.Source, from.Address);
        }

        if (rule.Mark is { } mark)
        {
            batch.Put(RuleReader.Mark, mark);
            batch.Put(RuleReader.MarkMask, rule.MarkMask);
        }

        if (rule.IncomingInterface is { } incoming)
        {
            batch.Put(RuleReader.IncomingInterface, incoming);
        }

        if (rule.OutgoingInterface is { } outgoing)
        {
            batch.Put(RuleReader.OutgoingInterface, outgoing);
        }

        if (rule.Protocol != 0)
        {
            batch.Put(RuleReader.Protocol, rule.Protocol);
        }
    }
}
