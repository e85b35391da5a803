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
        // Only after the request has ended: a transport that still sends must not see the next body.
        _buffer.ResetWrittenCount();
        Writer.Reset(_buffer);
        if (Free.Count < Kept && _buffer.Capacity <= LargestKept) Free.Enqueue(this);
        else Writer.Dispose();
    }

    internal static JsonBody Rent() => Free.TryDequeue(out var body) ? body : new();
}
