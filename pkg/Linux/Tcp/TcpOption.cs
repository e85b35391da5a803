// SPDX-License-Identifier: Apache-2.0
namespace LoadBalancer.Linux.Tcp;

/// <summary>A socket option that a kernel may lack: its numbers, its name in the manual pages, and what to do without it.</summary>
internal readonly record struct TcpOption(int Level, int Number, string Name, string Remedy)
{
    private const int Ip = 0;
    private const int Ipv6 = 41;
    private const int Tcp = 6;
    private const int Sockets = 1;
    private const string NewerKernel = "use a newer kernel";

    public static readonly TcpOption ReuseAddress = new(Sockets, 2, "SO_REUSEADDR", NewerKernel);
    public static readonly TcpOption KeepAlive = new(Sockets, 9, "SO_KEEPALIVE", NewerKernel);
    public static readonly TcpOption BindToDevice = new(Sockets, 25, "SO_BINDTODEVICE", NewerKernel);
    public static readonly TcpOption Ipv6Only = new(Ipv6, 26, "IPV6_V6ONLY", "use a kernel with CONFIG_IPV6");
    public static readonly TcpOption FreeBind4 = new(Ip, 15, "IP_FREEBIND", NewerKernel);
    public static readonly TcpOption FreeBind6 = new(Ipv6, 78, "IPV6_FREEBIND", "use a kernel from 4.15 on, or an address that is there already");
    public static readonly TcpOption TrafficClass4 = new(Ip, 1, "IP_TOS", NewerKernel);
    public static readonly TcpOption TrafficClass6 = new(Ipv6, 67, "IPV6_TCLASS", NewerKernel);
    public static readonly TcpOption Ttl = new(Ip, 2, "IP_TTL", NewerKernel);
    public static readonly TcpOption HopLimit = new(Ipv6, 16, "IPV6_UNICAST_HOPS", NewerKernel);
    public static readonly TcpOption LeastTtl = new(Ip, 21, "IP_MINTTL", "use a kernel from 2.6.34 on, or turn TTL security off for the peer");
    public static readonly TcpOption LeastHopLimit = new(Ipv6, 73, "IPV6_MINHOPCOUNT", "use a kernel from 2.6.35 on, or turn TTL security off for the peer");
    public static readonly TcpOption NoDelay = new(Tcp, 1, "TCP_NODELAY", NewerKernel);
    public static readonly TcpOption KeepIdle = new(Tcp, 4, "TCP_KEEPIDLE", NewerKernel);
    public static readonly TcpOption KeepInterval = new(Tcp, 5, "TCP_KEEPINTVL", NewerKernel);
    public static readonly TcpOption UserTimeout = new(Tcp, 18, "TCP_USER_TIMEOUT", "use a kernel from 2.6.37 on");
    public static readonly TcpOption NotSentLowWater = new(Tcp, 25, "TCP_NOTSENT_LOWAT", "use a kernel from 3.12 on");
    public static readonly TcpOption SaveSyn = new(Tcp, 27, "TCP_SAVE_SYN", "use a kernel from 4.2 on, or turn TTL security off for the peer");
    public static readonly TcpOption SavedSyn = SaveSyn with { Number = 28, Name = "TCP_SAVED_SYN" };
    public static readonly TcpOption Info = new(Tcp, 11, "TCP_INFO", NewerKernel);
    public static readonly TcpOption Md5 = new(Tcp, 14, "TCP_MD5SIG", "use a kernel with CONFIG_TCP_MD5SIG, or a peer without a password");
    public static readonly TcpOption Md5Prefix = new(Tcp, 32, "TCP_MD5SIG_EXT", "use a kernel from 4.13 on with CONFIG_TCP_MD5SIG, or a peer without a password");
}
