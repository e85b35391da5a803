// SPDX-License-Identifier: Apache-2.0
using System.Buffers;
using System.Collections.Concurrent;
using System.Text.Json;

namespace LoadBalancer.Kubernetes.Client;

/// <summary>A request body written as UTF-8 JSON into a buffer that is used again for the next request.</summary>
internal sealed class JsonBody : IDisposable
{
    private const int Kept = 64;
    private const int LargestKept = 64 * 1024;

    private static readonly ConcurrentQueue<JsonBody> Free = new();
    private static readonly JsonWriterOptions WriterOptions = new() { SkipValidation = true };

    private readonly ArrayBufferWriter<byte> _buffer = new(1024);

    private JsonBody() => Writer = new(_buffer, WriterOptions);

    internal Utf8JsonWriter Writer { get; }

    /// <summary>Set when the server has taken the whole body: until then a transport may still be sending from the buffer.</summary>
    internal bool IsSent { get; set; }

    internal ReadOnlyMemory<byte> Written
    {
        get
        {
            Writer.Flush();
            return _buffer.WrittenMemory;
        }
    }

    public void Dispose()
    {
        if (!IsSent || Free.Count >= Kept || _buffer.Capacity > LargestKept)
        {
            Writer.Dispose();
            return;
        }
        IsSent = false;
        _buffer.ResetWrittenCount();
        Writer.Reset(_buffer);
        Free.Enqueue(this);
    }

    internal static JsonBody Rent() => Free.TryDequeue(out var body) ? body : new();
}
