// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Kubernetes.Client;
using LoadBalancer.Testing;

namespace LoadBalancer.Kubernetes.Tests.Client;

public sealed class CredentialsTests : IDisposable
{
    private readonly string _file = Path.GetTempFileName();
    private readonly ManualTimeProvider _time = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => File.Delete(_file);

    [Fact]
    public async Task TokenFile_Replaced_IsReadAgainAfterAMinute()
    {
        using var credentials = new Credentials(new KubeConfig { Server = new("http://localhost"), TokenFile = _file }, _time);
        await File.WriteAllTextAsync(_file, "one", Cancellation);
        Assert.Equal("Bearer one", await credentials.AuthorizationAsync(false, Cancellation));
        await File.WriteAllTextAsync(_file, "two", Cancellation);
        _time.Advance(TimeSpan.FromSeconds(59));
        Assert.Equal("Bearer one", await credentials.AuthorizationAsync(false, Cancellation));
        _time.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal("Bearer two", await credentials.AuthorizationAsync(false, Cancellation));
    }

    [Fact]
    public async Task TokenFile_Gone_TheLastTokenIsKept()
    {
        using var credentials = new Credentials(new KubeConfig { Server = new("http://localhost"), TokenFile = _file }, _time);
        await File.WriteAllTextAsync(_file, "one", Cancellation);
        Assert.Equal("Bearer one", await credentials.AuthorizationAsync(false, Cancellation));
        File.Delete(_file);
        Assert.Equal("Bearer one", await credentials.AuthorizationAsync(true, Cancellation));
    }

    [Fact]
    public async Task TokenFile_NeverThere_NamesIt()
    {
        File.Delete(_file);
        using var credentials = new Credentials(new KubeConfig { Server = new("http://localhost"), TokenFile = _file }, _time);
        var fault = await Assert.ThrowsAsync<ConnectException>(async () => await credentials.AuthorizationAsync(false, Cancellation));
        Assert.Contains(_file, fault.Message, StringComparison.Ordinal);
    }
}
