// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Text.Json;
using LoadBalancer.Config;
using LoadBalancer.Kubernetes.Client;
using LoadBalancer.Kubernetes.Model;
using LoadBalancer.Primitives;
using LoadBalancer.Runtime;

namespace LoadBalancer.Controller;

/// <summary>
/// Keeps the ConfigurationState named <c>controller</c>: whether everything is in force, and what is not. Read now and then, so that
/// one that was deleted or edited by hand comes back; written only when it differs.
/// </summary>
internal sealed class ConfigurationReport(TermContext context)
{
    private const string Name = "controller";
    private const string ConditionType = "poolReconcilerValid";
    private const int LongestSummary = 4096;
    private static readonly TimeSpan CheckInterval = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan ShortestPause = TimeSpan.FromSeconds(1);

    private EventLoop<ControllerEvent>? _loop;
    private CancellationToken _ended;
    private Task _running = Task.CompletedTask;
    private bool _isWriting;
    private string? _reported;
    private MonoTime _notBefore;
    private MonoTime _checkAt;

    public void Attach(EventLoop<ControllerEvent> loop, CancellationToken ended)
    {
        _loop = loop;
        _ended = ended;
    }

    public Task DrainAsync() => _running;

    public void Take(ConfigurationReported reported, MonoTime now)
    {
        _isWriting = false;
        _notBefore = now + ShortestPause;
        _checkAt = now + CheckInterval;
        if (reported.Fault is { } fault)
        {
            // The next look is the next try: nothing but this report depends on it.
            Log.ReportFailed(context.Logger, fault.Message);
        }
    }

    /// <summary>Starts a look at the object when it is due.</summary>
    /// <returns>When the next one is.</returns>
    public MonoTime Publish(IReadOnlyList<ObjectVerdict> verdicts, MonoTime now)
    {
        if (_isWriting || !context.Elector.IsLeader)
        {
            return MonoTime.Never;
        }

        string summary = Summary(verdicts);
        MonoTime due = summary == _reported ? _checkAt : _notBefore;
        if (now < due)
        {
            return due;
        }

        _isWriting = true;
        _reported = summary;
        _running = RunAsync(summary);
        return MonoTime.Never;
    }

    /// <summary>Every refused object with its reason; empty when there is none.</summary>
    internal static string Summary(IReadOnlyList<ObjectVerdict> verdicts)
    {
        string text = string.Join("; ", verdicts.Where(v => !v.Accepted).Select(v => v.Message));
        return text.Length <= LongestSummary ? text : text[..(LongestSummary - 1)] + "…";
    }

    private async Task RunAsync(string summary)
    {
        try
        {
            ApiException? fault = null;
            try
            {
                await EnsureAsync(summary).ConfigureAwait(false);
            }
            catch (ApiException caught)
            {
                fault = caught;
            }

            await _loop!.PostAsync(new ConfigurationReported(fault), _ended).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (_ended.IsCancellationRequested)
        {
            // The next term looks anew.
        }
    }

    private async Task EnsureAsync(string summary)
    {
        string space = context.Options.Namespace;
        ConfigurationState? state = await context.Client.FindAsync(Kinds.ConfigurationState, space, Name, _ended).ConfigureAwait(false);
        state ??= await context.Client.CreateAsync(
            Kinds.ConfigurationState,
            new ConfigurationState
            {
                Metadata = new()
                {
                    Namespace = space,
                    Name = Name,
                    Labels = new Dictionary<string, string> { ["metallb.io/component-type"] = "controller" },
                },
            },
            _ended).ConfigureAwait(false);
        (string result, string reason, string message) = Words(summary);
        Condition? known = state.Status.Conditions.FirstOrDefault(c => c.Type == ConditionType);
        bool same = state.Status.Result == result && (state.Status.ErrorSummary ?? "") == summary && state.Status.Conditions.Count == 1
            && known is not null && known.Reason == reason && known.Message == message && known.Status == Status(summary);
        if (same)
        {
            return;
        }

        DateTimeOffset since = known is { LastTransitionTime: { } before } && known.Status == Status(summary) ? before : context.Time.GetUtcNow();
        await context.Client.PatchAsync(
            Kinds.ConfigurationState, space, Name, PatchType.Merge, (summary, since), static (writer, told) => WritePatch(writer, told.summary, told.since), PatchOptions.Status, _ended)
            .ConfigureAwait(false);
    }

    private static string Status(string summary) => summary.Length == 0 ? "True" : "False";

    private static (string Result, string Reason, string Message) Words(string summary) =>
        summary.Length == 0 ? ("Valid", "Reconciled", "All objects are in force") : ("Invalid", "ConfigurationError", summary);

    private static void WritePatch(Utf8JsonWriter writer, string summary, DateTimeOffset since)
    {
        (string result, string reason, string message) = Words(summary);
        writer.WriteStartObject();
        writer.WriteStartObject("status"u8);
        writer.WriteString("result"u8, result);
        writer.WriteString("errorSummary"u8, summary);
        writer.WriteStartArray("conditions"u8);
        writer.WriteStartObject();
        writer.WriteString("type"u8, ConditionType);
        writer.WriteString("status"u8, Status(summary));
        writer.WriteString("reason"u8, reason);
        writer.WriteString("message"u8, message);
        writer.WriteString("lastTransitionTime"u8, since.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture));
        writer.WriteEndObject();
        writer.WriteEndArray();
        writer.WriteEndObject();
        writer.WriteEndObject();
    }
}
