// SPDX-License-Identifier: Apache-2.0
namespace LoadBalancer.Linux;

/// <summary>What epoll(7) tells of a socket, by its bits; failure and hang-up are told without being asked for.</summary>
[Flags]
internal enum Readiness : uint
{
    None = 0,
    Readable = 0x001,
    Writable = 0x004,
    Failed = 0x008,
    HungUp = 0x010,
}
