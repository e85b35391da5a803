// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Text;
using LoadBalancer.Lab.Network;

namespace LoadBalancer.Benchmarks.Vip;

/// <summary>One virtual router of a measurement.</summary>
/// <param name="Interface">Where it is.</param>
/// <param name="Id">Its number, 1 to 255.</param>
/// <param name="Addresses">What it holds, with prefix length.</param>
internal sealed record VipRouter(string Interface, int Id, IReadOnlyList<string> Addresses);

/// <summary>The file that both daemons read.</summary>
internal static class VipConf
{
    // The highest there are: skew time, which falls with the priority, is next to nothing (RFC 5798 6.1).
    private const int FirstPriority = 254;
    private const int SecondPriority = 252;
    private const int RealTimePriority = 50;

    // Else the kernel kills keepalived for working ten milliseconds on end, as many addresses make it do.
    private const int RealTimeMicroseconds = 5_000_000;

    /// <param name="host">The host it is for.</param>
    /// <param name="isFirst">Whether that one is master while it can.</param>
    /// <param name="advertMilliseconds">Advertisement interval.</param>
    /// <param name="routers">The virtual routers.</param>
    /// <param name="failsWhile">A file whose presence makes the tracked script fail; null for no script.</param>
    internal static string For(LabHost host, bool isFirst, int advertMilliseconds, IEnumerable<VipRouter> routers, string? failsWhile = null)
    {
        var conf = new StringBuilder();
        conf.Append(CultureInfo.InvariantCulture, $$"""
            global_defs {
              router_id {{host.Name}}
              vrrp_version 3
              vrrp_rt_priority {{RealTimePriority}}
              vrrp_rlimit_rttime {{RealTimeMicroseconds}}
              script_user root
              enable_script_security
            }

            """);
        if (failsWhile is not null)
        {
            // A second is the shortest interval keepalived has.
            conf.Append(CultureInfo.InvariantCulture, $$"""
                vrrp_script works {
                  script "/usr/bin/test ! -e {{failsWhile}}"
                  interval 1
                  fall 1
                  rise 1
                }

                """);
        }

        foreach (var router in routers)
        {
            conf.Append(CultureInfo.InvariantCulture, $$"""
                vrrp_instance {{router.Interface}}-{{router.Id}} {
                  state BACKUP
                  interface {{router.Interface}}
                  virtual_router_id {{router.Id}}
                  priority {{(isFirst ? FirstPriority : SecondPriority)}}
                  advert_int {{advertMilliseconds / 1000.0}}
                  virtual_ipaddress {

                """);
            foreach (var address in router.Addresses)
                conf.Append(CultureInfo.InvariantCulture, $"    {address}\n");
            conf.Append(failsWhile is null ? "  }\n}\n" : "  }\n  track_script {\n    works\n  }\n}\n");
        }

        return conf.ToString();
    }
}
