// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Primitives;
using LoadBalancer.Vipd.Tracking;
using Microsoft.Extensions.Logging;

namespace LoadBalancer.Vipd;

internal static partial class Log
{
    [LoggerMessage(12000, LogLevel.Information, "vipd {Version} started on node {Node}: {Instances} instances from {File}")]
    public static partial void Started(ILogger logger, string version, string node, int instances, string file);

    [LoggerMessage(12001, LogLevel.Information, "vipd stopped; farewells are said and the addresses are let go")]
    public static partial void Stopped(ILogger logger);

    [LoggerMessage(12002, LogLevel.Information, "{Instance}: {From} -> {To}, because {Reason}{Detail}; priority {Priority}")]
    public static partial void Transition(ILogger logger, string instance, string from, string to, string reason, string detail, int priority);

    [LoggerMessage(12003, LogLevel.Information, "{Instance} follows the master {Peer}")]
    public static partial void MasterChanged(ILogger logger, string instance, IpAddr peer);

    [LoggerMessage(12004, LogLevel.Warning, "{Instance}: {Peer} {Disagreement}")]
    public static partial void Mismatch(ILogger logger, string instance, IpAddr peer, string disagreement);

    [LoggerMessage(12005, LogLevel.Warning, "{Instance}: nobody took over what was given away; this node is master of it")]
    public static partial void YieldUnanswered(ILogger logger, string instance);

    [LoggerMessage(12006, LogLevel.Warning, "{Instance}: a timer came {Late} late; the process was not scheduled, and listens again before it takes over")]
    public static partial void Overslept(ILogger logger, string instance, TimeSpan late);

    [LoggerMessage(12007, LogLevel.Information, "Sync group {Group} is {State} now")]
    public static partial void GroupChanged(ILogger logger, string group, string state);

    [LoggerMessage(12008, LogLevel.Information, "{Instance}: priority {Before} -> {Priority}, because {Detail}")]
    public static partial void PriorityChanged(ILogger logger, string instance, int before, int priority, string detail);

    [LoggerMessage(12010, LogLevel.Information, "{Count} left-overs of an earlier process are removed")]
    public static partial void Swept(ILogger logger, int count);

    [LoggerMessage(12011, LogLevel.Warning, "{Vip} was removed from {Interface} by somebody else while {Instance} is master; it is back")]
    public static partial void PutBack(ILogger logger, IpAddr vip, string @interface, string instance);

    [LoggerMessage(12012, LogLevel.Warning, "{Count} routes or rules of {Instance} were removed by somebody else while it is master; they are put back")]
    public static partial void RoutesPutBack(ILogger logger, int count, string instance);

    [LoggerMessage(12013, LogLevel.Warning, "{Vip} is on {Interface} although {Instance} is not master here: somebody else added it, and it stays; remove it, or two nodes answer for it")]
    public static partial void Stray(ILogger logger, IpAddr vip, string @interface, string instance);

    [LoggerMessage(12014, LogLevel.Warning, "{Vip} was on {Interface} before {Instance} became master: somebody else added it, and it stays there afterwards")]
    public static partial void ThereAlready(ILogger logger, IpAddr vip, string @interface, string instance);

    [LoggerMessage(12015, LogLevel.Error, "What {Instance} holds is not as it is to be, and is tried again: {Fault}")]
    public static partial void HoldingFault(ILogger logger, string instance, string fault);

    [LoggerMessage(12016, LogLevel.Warning, "{Vip} is claimed by {Mac} on {Interface} as well: find the host with that hardware address and take the address from it")]
    public static partial void AddressConflict(ILogger logger, IpAddr vip, MacAddr mac, string @interface);

    [LoggerMessage(12017, LogLevel.Error, "Addresses cannot be announced on {Interface}: {Fault}")]
    public static partial void AnnouncingImpossible(ILogger logger, string @interface, string fault);

    [LoggerMessage(12018, LogLevel.Warning, "The kernel keeps no note of who added an address (before Linux 5.18): what a killed vipd leaves behind is not swept at the next start")]
    public static partial void NoAddressTags(ILogger logger);

    [LoggerMessage(12019, LogLevel.Warning, "An address may be answered for by the wrong interface, or by none: {Why}")]
    public static partial void Outweighed(ILogger logger, string why);

    [LoggerMessage(12020, LogLevel.Warning, "global.{Setting} has no effect: {Refused}")]
    public static partial void NotGranted(ILogger logger, string setting, string refused);

    [LoggerMessage(12021, LogLevel.Error, "A change of interfaces did not reach the protocol thread, which has too much to do")]
    public static partial void LinksLost(ILogger logger);

    [LoggerMessage(12022, LogLevel.Error, "A report on {Kind} {Name} did not reach the protocol thread, which has too much to do")]
    public static partial void ReportLost(ILogger logger, TrackedKind kind, string name);

    [LoggerMessage(12023, LogLevel.Error, "{Fault}")]
    public static partial void AcceptFailed(ILogger logger, string fault);

    [LoggerMessage(12024, LogLevel.Warning, "Somebody else took the table {Table} away, and packets to addresses that are not accepted reached this host; it is put back")]
    public static partial void AcceptTableGone(ILogger logger, string table);

    [LoggerMessage(12025, LogLevel.Warning, "global.{Setting} is read when vipd starts, and the value it had then stays in force: restart vipd to have the new one")]
    public static partial void HoldsFromStart(ILogger logger, string setting);

    [LoggerMessage(12026, LogLevel.Information, "What the cluster said last is in force until the API server has been heard: {Instances} instances, {Servers} virtual servers")]
    public static partial void KeptInForce(ILogger logger, int instances, int servers);

    [LoggerMessage(12027, LogLevel.Warning, "{File}, which keeps what the cluster said last, is ignored: {Why}. Until the API server has been heard, only the configuration file is in force")]
    public static partial void KeptIgnored(ILogger logger, string file, string why);

    [LoggerMessage(12028, LogLevel.Warning, "What the cluster says could not be kept in {File}, and a restart without the API server knows nothing of it: {Fault}")]
    public static partial void KeptFailed(ILogger logger, string file, string fault);

    [LoggerMessage(12029, LogLevel.Warning, "Passwords are not kept on disk, so a restart without the API server does not hold {Instances}")]
    public static partial void NotKept(ILogger logger, string instances);

    [LoggerMessage(12030, LogLevel.Warning, "{Problem}")]
    public static partial void ConfigurationProblem(ILogger logger, string problem);

    [LoggerMessage(12031, LogLevel.Error, "The new configuration is refused, the one before stays in force: {Problem}")]
    public static partial void ConfigurationRefused(ILogger logger, string problem);

    [LoggerMessage(12032, LogLevel.Information, "Configuration read anew: {Change}")]
    public static partial void ConfigurationChange(ILogger logger, string change);

    [LoggerMessage(12034, LogLevel.Information, "Configuration read anew: virtualServers.{Name} changes in servers")]
    public static partial void ServersChanged(ILogger logger, string name);

    [LoggerMessage(12033, LogLevel.Information, "Configuration read anew: nothing differs")]
    public static partial void ConfigurationSame(ILogger logger);

    [LoggerMessage(12035, LogLevel.Error, "{Problem}")]
    public static partial void ConfigurationError(ILogger logger, string problem);

    [LoggerMessage(12036, LogLevel.Error, "{File} is in force in part only: {LeftOut}. Mend what is wrong, and have it read again (SIGHUP)")]
    public static partial void InForceInPart(ILogger logger, string file, string leftOut);

    [LoggerMessage(12037, LogLevel.Warning, "{File} cannot be kept, so a vipd that is killed starts as a backup instead of going on as master: {Fault}. Make room in the state directory, or remove what is in the way, and restart vipd")]
    public static partial void NoResume(ILogger logger, string file, string fault);

    [LoggerMessage(12040, LogLevel.Warning, "A request on the control socket was not answered: {Fault}")]
    public static partial void ControlFailed(ILogger logger, string fault);

    [LoggerMessage(12041, LogLevel.Information, "By hand: {Request}: {Answer}")]
    public static partial void ByHand(ILogger logger, string request, string answer);

    [LoggerMessage(12042, LogLevel.Information, "{Interface} is on the segment of {Instance} as well: until that is no longer so, it answers ARP for its own addresses alone (arp_ignore 1, arp_announce 2)")]
    public static partial void Silenced(ILogger logger, string @interface, string instance);

    [LoggerMessage(12043, LogLevel.Information, "{Count} settings of interfaces that nothing needs any more are put back to what they were")]
    public static partial void SettingsPutBack(ILogger logger, int count);

    [LoggerMessage(12044, LogLevel.Warning, "{File}, which keeps what settings of interfaces were, is ignored: {Why}. What a killed vipd has changed (arp_ignore, arp_announce, promote_secondaries) stays so: put it back by hand with sysctl -w net.ipv4.conf.INTERFACE.SETTING=VALUE")]
    public static partial void SettingsIgnored(ILogger logger, string file, string why);

    [LoggerMessage(12045, LogLevel.Warning, "What settings of interfaces were could not be kept in {File}, and nobody can put them back if vipd is killed: {Fault}")]
    public static partial void SettingsNotKept(ILogger logger, string file, string fault);

    [LoggerMessage(12046, LogLevel.Warning, "Settings of interfaces are not put back, and the next vipd tries it: {Fault}")]
    public static partial void SettingsNotPutBack(ILogger logger, string fault);
}
