// SPDX-License-Identifier: Apache-2.0
namespace LoadBalancer.Kubernetes.Client;

/// <summary>The Authorization header. A projected token is replaced on disk before it expires, so its file is read again.</summary>
internal sealed class Credentials : IDisposable
{
    private static readonly TimeSpan Fresh = TimeSpan.FromMinutes(1);

    private readonly SemaphoreSlim _reading = new(1, 1);
    private readonly string? _file;
    private readonly TimeProvider _time;
    private Read? _last;

    internal Credentials(KubeConfig config, TimeProvider time)
    {
        _file = config.TokenFile;
        _time = time;
        if (_file is null && !string.IsNullOrEmpty(config.Token)) _last = new("Bearer " + config.Token, 0);
    }

    /// <summary>Whether reading again may give something else.</summary>
    internal bool CanRefresh => _file is not null;

    public void Dispose() => _reading.Dispose();

    internal ValueTask<string?> AuthorizationAsync(bool fresh, CancellationToken cancellation)
    {
        var last = Volatile.Read(ref _last);
        if (_file is null || (!fresh && last is not null && _time.GetElapsedTime(last.At) < Fresh)) return new(last?.Header);
        return ReadAsync(last, cancellation);
    }

    private async ValueTask<string?> ReadAsync(Read? seen, CancellationToken cancellation)
    {
        await _reading.WaitAsync(cancellation);
        try
        {
            // Somebody else read it while we waited.
            if (!ReferenceEquals(_last, seen)) return _last?.Header;
            var token = await File.ReadAllTextAsync(_file!, cancellation);
            var read = new Read("Bearer " + token.Trim(), _time.GetTimestamp());
            Volatile.Write(ref _last, read);
            return read.Header;
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            // The file is being replaced, or is gone: the token we have may still be good, and the server says if not.
            return _last?.Header ?? throw new ConnectException($"the token file {_file} cannot be read; restore it or correct its path.", fault);
        }
        finally
        {
            _reading.Release();
        }
    }

    private sealed record Read(string Header, long At)
    {
        public override string ToString() => nameof(Read);
    }
}
