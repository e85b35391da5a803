// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using LoadBalancer.Kubernetes.Model;

namespace LoadBalancer.Kubernetes.Client;

/// <summary>Sentences for failed calls. Framework messages are not used: they are left out of trimmed programs.</summary>
internal static class ApiErrors
{
    internal static ApiException FromAnswer(string request, int code, RetryConditionHeaderValue? retryAfter, ReadOnlySpan<byte> body)
    {
        var status = AnswerDecoder.Status(body);
        var wait = retryAfter?.Delta;
        if (wait is null && status?.Details is { RetryAfterSeconds: > 0 } details) wait = TimeSpan.FromSeconds(details.RetryAfterSeconds);
        var text = new StringBuilder(256).Append(CultureInfo.InvariantCulture, $"{request} was answered {code}");
        if (status is null)
        {
            text.Append(CultureInfo.InvariantCulture, $" with {AnswerDecoder.Excerpt(body)}, which is not a Status object");
        }
        else
        {
            if (!string.IsNullOrEmpty(status.Reason)) text.Append(' ').Append(status.Reason);
            if (!string.IsNullOrEmpty(status.Message)) text.Append(": ").Append(status.Message);
        }
        text.Append(Remedy(code));
        return new(ApiErrorKind.Status, text.ToString(), code, status, wait);
    }

    internal static ApiException FromWatch(ApiStatus status, string kind) =>
        new(
            ApiErrorKind.Status,
            $"The watch of {kind} was ended by the server with {status.Code} {status.Reason}: {status.Message}",
            status.Code == 0 ? 500 : status.Code,
            status);

    internal static ApiException BadAnswer(string request, ReadOnlySpan<byte> body, Exception fault) =>
        new(
            ApiErrorKind.BadAnswer,
            $"{request} was answered with {AnswerDecoder.Excerpt(body)}, which is not the JSON expected; check that the server address is that of a Kubernetes API server.",
            inner: fault);

    internal static ApiException TooLarge(string request, int limit) =>
        new(ApiErrorKind.BadAnswer, $"{request} was answered with more than {limit} octets, the most that is read.");

    internal static ApiException Timeout(string request, TimeSpan waited) =>
        new(
            ApiErrorKind.Timeout,
            string.Create(CultureInfo.InvariantCulture, $"{request} had no complete answer within {waited.TotalSeconds:0.#} s; the API server hangs or is overloaded."));

    internal static ApiException Unreachable(string request, Exception fault) =>
        new(ApiErrorKind.Unreachable, $"{request} failed: {Describe(fault)}", inner: fault);

    internal static string Describe(Exception fault)
    {
        for (var at = fault; at is not null; at = at.InnerException)
        {
            if (at is ConnectException) return at.Message;
            if (at is SocketException socket) return Describe(socket.SocketErrorCode);
        }
        return fault is HttpRequestException { HttpRequestError: var error and not HttpRequestError.Unknown }
            ? $"the connection broke ({error})."
            : "the connection broke.";
    }

    private static string Describe(SocketError error)
    {
        if (error is SocketError.ConnectionRefused)
            return "nothing listens at the server's address; check the server in the kubeconfig and that the API server runs.";
        if (error is SocketError.HostNotFound or SocketError.NoData or SocketError.TryAgain)
            return "the server's name cannot be resolved; check the server in the kubeconfig and DNS.";
        if (error is SocketError.TimedOut)
            return "the server does not answer; check the network between here and the API server.";
        if (error is SocketError.NetworkUnreachable or SocketError.HostUnreachable)
            return "there is no route to the server; check the network.";
        return $"the connection broke ({error}).";
    }

    private static string Remedy(int code) => code switch
    {
        401 => " The token or client certificate is not accepted; it may have expired: renew the credentials in the kubeconfig.",
        403 => " Grant the verb in the RBAC role of this component.",
        _ => "",
    };
}

/// <summary>A connection that could not be made, with the sentence that says why.</summary>
internal sealed class ConnectException(string message, Exception? inner = null) : IOException(message, inner);
