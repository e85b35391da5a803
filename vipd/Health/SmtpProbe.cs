// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Net.Sockets;
using System.Text;
using LoadBalancer.VipConfig;

namespace LoadBalancer.Vipd.Health;

/// <summary>Takes the greeting of a mail server, says HELO and takes its answer, and leaves with QUIT (RFC 5321 3.1, 4.1.1.1).</summary>
internal sealed class SmtpProbe(HealthCheck check, ProbeDialer dialer) : IProbe
{
    // RFC 5321 4.5.3.1.5 has 512 octets for a line; a greeting may have some.
    private const int LongestReply = 8192;
    private readonly byte[] _buffer = new byte[LongestReply];

    public string Awaits { get; private set; } = "a connection";

    public async Task<ProbeAnswer> AskAsync(CancellationToken limit)
    {
        Awaits = "a connection";
        using Socket socket = await dialer.ConnectAsync(limit);
        Awaits = "the greeting";
        (int code, string line) = await ReadAsync(socket, limit);
        if (code != 220)
        {
            return ProbeAnswer.Down($"greeted with \"{line}\", wanted 220");
        }

        Awaits = "the answer to HELO";
        string name = check.Name.Length > 0 ? check.Name : Environment.MachineName;
        _ = await socket.SendAsync(Encoding.ASCII.GetBytes($"HELO {name}\r\n"), limit);
        (code, line) = await ReadAsync(socket, limit);
        if (code != 250)
        {
            return ProbeAnswer.Down($"answered HELO with \"{line}\", wanted 250");
        }

        // Out of politeness: the verdict stands.
        _ = await socket.SendAsync("QUIT\r\n"u8.ToArray(), limit);
        return ProbeAnswer.Up("greeted and answered HELO");
    }

    // The last line of a reply has no hyphen behind its code (RFC 5321 4.2.1).
    private async Task<(int Code, string Line)> ReadAsync(Socket socket, CancellationToken limit)
    {
        int filled = 0;
        while (filled < _buffer.Length)
        {
            int length = await socket.ReceiveAsync(_buffer.AsMemory(filled), limit);
            if (length == 0)
            {
                return (0, "nothing: the server closed the connection");
            }

            filled += length;
            string text = Encoding.ASCII.GetString(_buffer, 0, filled);
            if (!text.EndsWith('\n'))
            {
                continue;
            }

            string line = text.TrimEnd().Split('\n')[^1].TrimEnd();
            int code = 0;
            bool isCoded = line.Length >= 3 && int.TryParse(line.AsSpan(0, 3), NumberStyles.None, CultureInfo.InvariantCulture, out code);
            if (!isCoded || line.Length == 3 || line[3] != '-')
            {
                return (code, Printable(line));
            }
        }

        return (0, $"more than {LongestReply} octets");
    }

    private static string Printable(string line) => new([.. line.Take(80).Select(static c => char.IsControl(c) || c > '~' ? '?' : c)]);
}
