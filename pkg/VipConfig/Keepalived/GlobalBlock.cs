// SPDX-License-Identifier: Apache-2.0
namespace LoadBalancer.VipConfig.Keepalived;

/// <summary>global_defs and the statements outside of blocks that belong to it.</summary>
internal static class GlobalBlock
{
    private const string Mail = "is left out: no mail is sent; use a hook (notify: command or webhook) that reaches your alerting";

    private const string Snmp = "is left out: there is no SNMP; metrics are served for Prometheus and state as JSON on /status";

    private const string Ipvs = "is left out: IPVS is not used, vipd forwards by nftables";

    private const string Firewall = "is left out: vipd's nftables table is its own and needs no such setting";

    private const string Process = "is left out: vipd is one process; its scheduling is set by vrrp_priority, vrrp_rt_priority and vrrp_no_swap";

    private const string Buffers = "is left out: socket buffers are sized by what is configured";

    private const string Fifo = "is left out: there are no FIFOs here; use a hook with appendState (notify: command)";

    private const string Files = "is left out: state is served on /status and by vipd status, no dump files are written";

    private const string Reload = "is left out: a changed file is checked as a whole and applied only when it is valid";

    public static readonly BlockTable<ConfDraft> Table = new BlockTable<ConfDraft>("global_defs")
        .Take("router_id", "nodeName", (d, e) => d.Set(g => g with { NodeName = e.Text() }))
        .Take("vrrp_priority", "nice", (d, e) => d.Set(g => g with { Nice = e.Number(-20, 19, g.Nice) }))
        .Take("vrrp_rt_priority", "realtimePriority", (d, e) => d.Set(g => g with { RealtimePriority = e.Number(1, 99, g.RealtimePriority) }))
        .Take("vrrp_no_swap", "lockMemory", (d, _) => d.Set(g => g with { LockMemory = true }))
        .Take("vrrp_cpu_affinity", "processors", (d, e) => d.Set(g => g with { Processors = Processors(e) }))
        .Take("script_user", "scriptUser", (d, e) => e.Account(0) is var (u, n) ? d.Set(g => g with { ScriptUser = u, ScriptGroup = n }) : d)
        .Take("enable_script_security", "scriptSecurity", (d, _) => d.Set(g => g with { ScriptSecurity = true }))
        .Take("vrrp_startup_delay", "startupDelay", (d, e) => d.Set(g => g with { StartupDelay = e.Seconds(4000, g.StartupDelay) }))
        .Take("vrrp_mcast_group4", "multicastGroup4", (d, e) => d.Set(g => g with { MulticastGroup4 = e.Address() }))
        .Take("vrrp_mcast_group6", "multicastGroup6", (d, e) => d.Set(g => g with { MulticastGroup6 = e.Address() }))
        .Take("vrrp_garp_interval", "pacing", (d, e) => d.Pace([], e.Seconds(4000, default), null))
        .Take("vrrp_gna_interval", "pacing", (d, e) => d.Pace([], null, e.Seconds(4000, default)))
        .Take("default_interface", "", (d, e) => d.Default(v => v with { Interface = e.Text() }))
        .Take("vrrp_version", "", (d, e) => d.Default(v => v with { Version = (VrrpVersion)e.Number(2, 3, (int)v.Version) }))
        .Take("vrrp_garp_master_delay", "", (d, e) => d.Announce(a => a with { SecondAfter = e.Seconds(86_400, a.SecondAfter) }))
        .Take("vrrp_garp_master_repeat", "", (d, e) => d.Announce(a => a with { Repeat = Math.Max(1, e.Number(0, 1000, a.Repeat)) }))
        .Take("vrrp_garp_master_refresh", "", (d, e) => d.Announce(a => a with { RefreshInterval = e.Seconds(86_400, a.RefreshInterval) }))
        .Take("vrrp_garp_master_refresh_repeat", "", (d, e) => d.Announce(a => a with { RefreshRepeat = Math.Max(1, e.Number(0, 1000, a.RefreshRepeat)) }))
        .Take("vrrp_garp_lower_prio_delay", "", (d, e) => d.Default(v => v with { LowerPrioritySecondAfter = e.Seconds(86_400, default) }))
        .Take("vrrp_garp_lower_prio_repeat", "", (d, e) => d.Default(v => v with { LowerPriorityRepeat = e.Number(0, 1000, 5) }))
        .Take("vrrp_garp_extra_if", "", (d, e) => d.Announce(a => a with { OtherInterfacesInterval = e.Seconds(86_400, default, e.Words.Count > 1 ? 1 : 0) }))
        .Take("vrrp_vmac_garp_intvl", "", (d, e) => d.Announce(a => a with { OtherInterfacesInterval = e.Seconds(86_400, default, e.Words.Count > 1 ? 1 : 0) }))
        .Take("vrrp_down_timer_adverts", "", (d, e) => d.Default(v => v with { DeadAfter = e.Number(1, 100, v.DeadAfter) }))
        .Take("vrrp_lower_prio_no_advert", "", (d, e) => d.Default(v => v with { AdvertiseToLower = !e.Flag() }))
        .Take("vrrp_higher_prio_send_advert", "", (d, e) => d.Default(v => v with { AdvertiseToHigher = e.Flag() }))
        .Take("vrrp_owner_ignore_adverts", "", (d, e) => d.Default(v => v with { OwnerIgnoresAdverts = e.Flag() }))
        .Take("vrrp_check_unicast_src", "", (d, e) => d.Default(v => v with { CheckUnicastSource = e.Flag() }))
        .Take("unicast_fault_no_peer", "", (d, e) => d.Default(v => v with { FaultWithoutPeers = e.Flag() }))
        .Take("v3_checksum_as_v2", "", (d, e) => d.Default(v => v with { MessageOnlyChecksum = e.Flag() }))
        .Take("vrrp_strict", "", (d, e) => d.Default(v => v with { Strict = e.Flag() }))
        .Leave(Mail, "notification_email", "notification_email_from", "smtp_server", "smtp_helo_name", "smtp_connect_timeout", "smtp_alert", "smtp_alert_vrrp", "smtp_alert_checker", "no_email_faults", "no_checker_emails")
        .Leave(Snmp, "snmp_socket", "enable_traps", "enable_snmp_vrrp", "enable_snmp_keepalived", "enable_snmp_checker", "enable_snmp_rfc", "enable_snmp_rfcv2", "enable_snmp_rfcv3", "snmp_vs_stats_update_interval", "snmp_rs_stats_update_interval")
        .Leave("is left out: there is no D-Bus; use vipd status and vipd failover", "enable_dbus", "dbus_service_name", "dbus_no_interface_name")
        .Leave(Ipvs, "lvs_timeouts", "lvs_flush", "lvs_flush_on_stop", "lvs_flush_onstop", "lvs_sync_daemon", "lvs_netlink_cmd_rcv_bufs", "lvs_netlink_cmd_rcv_bufs_force", "lvs_netlink_monitor_rcv_bufs", "lvs_netlink_monitor_rcv_bufs_force", "nftables_ipvs", "nftables_ipvs_priority", "nftables_ipvs_start_fwmark")
        .Leave(Firewall, "vrrp_iptables", "vrrp_ipsets", "nftables", "nftables_priority", "nftables_ifindex", "nftables_counters")
        .Leave(Process, "process_names", "process_name", "vrrp_process_name", "checker_process_name", "lvs_process_name", "bfd_process_name", "checker_priority", "checker_no_swap", "checker_rt_priority", "checker_cpu_affinity", "checker_rlimit_rttime", "checker_rlimit_rtime", "bfd_priority", "bfd_no_swap", "bfd_rt_priority", "bfd_cpu_affinity", "bfd_rlimit_rttime", "bfd_rlimit_rtime", "max_auto_priority", "min_auto_priority_delay", "vrrp_rlimit_rttime", "vrrp_rlimit_rtime", "random_seed")
        .Leave(Buffers, "vrrp_netlink_cmd_rcv_bufs", "vrrp_netlink_cmd_rcv_bufs_force", "vrrp_netlink_monitor_rcv_bufs", "vrrp_netlink_monitor_rcv_bufs_force", "process_monitor_rcv_bufs", "process_monitor_rcv_bufs_force", "vrrp_rx_bufs_policy", "vrrp_rx_bufs_multiplier")
        .Leave(Fifo, "notify_fifo", "notify_fifo_script", "vrrp_notify_fifo", "vrrp_notify_fifo_script", "lvs_notify_fifo", "lvs_notify_fifo_script", "vrrp_notify_priority_changes", "fifo_write_vrrp_states_on_reload")
        .Leave(Files, "state_dump_file", "stats_dump_file", "json_dump_file", "json_version", "data_use_instance", "config_save_dir", "tmp_config_directory", "umask", "iproute_usr_dir", "iproute_etc_dir", "use_symlink_paths", "set_supplementary_groups")
        .Leave(Reload, "reload_check_config", "reload_time_file", "reload_repeat", "reload_file", "include_check")
        .Leave("is left out: run it from the service's unit (ExecStartPre, ExecStopPost)", "startup_script", "startup_script_timeout", "shutdown_script", "shutdown_script_timeout")
        .Leave("is left out: interfaces may come and go at any time, that needs no setting", "dynamic_interfaces")
        .Leave("is left out: adverts of other routers are counted and shown by vipd status", "log_unknown_vrids")
        .Leave("is left out: an address list that differs is reported and never a reason to drop an advert", "vrrp_skip_check_adv_addr")
        .Leave("is left out: a failed check is counted and logged when its outcome changes", "checker_log_all_failures")
        .Leave("is left out: a host that just booted waits with vrrp_startup_delay like any other", "vrrp_delay_after_boot")
        .Leave("is left out: programs run for servers only when their state changes", "rs_init_notifies")
        .Leave("is left out: groups are joined by the kernel as usual", "disable_local_igmp")
        .Leave("is left out: announcements are always repeated; set vrrp_garp_master_repeat 1 and vrrp_garp_master_delay 0 for a single one", "vrrp_min_garp")
        .Leave("is left out: virtual hardware addresses begin as RFC 9568 7.3 says; give one per instance in use_vmac", "vmac_prefix", "vmac_addr_prefix");

    private static ValueList<int> Processors(Entry entry)
    {
        List<int> processors = [];
        for (int i = 0; i < entry.Words.Count; i++)
            processors.Add(entry.Number(0, 4095, 0, i));
        return [.. processors];
    }
}
