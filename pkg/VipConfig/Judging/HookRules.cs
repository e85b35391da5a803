// SPDX-License-Identifier: Apache-2.0
namespace LoadBalancer.VipConfig.Judging;

/// <summary>What must hold for hooks.</summary>
internal static class HookRules
{
    public static void Judge(ValueList<NotifyHook> hooks, Judge judge)
    {
        for (int i = 0; i < hooks.Count; i++)
        {
            NotifyHook hook = hooks[i];
            Judge place = judge.At("notify", i);
            bool runs = hook.Command.Count > 0, calls = hook.Webhook.Length > 0;
            place.RefuseIf(runs == calls, "command", runs ? "and webhook are both given: make two hooks of them" : "is missing: give the program to run, or a webhook to call");
            place.RefuseIf(hook.On.Count == 0, "on", "is empty: list the transitions, or remove it to be told of all");
            bool web = Uri.TryCreate(hook.Webhook, UriKind.Absolute, out Uri? uri) && uri.Scheme is "http" or "https";
            place.RefuseIf(calls && !web, "webhook", "is no URL that can be called: begin with http:// or https://");
            place.WarnIf(calls && hook.User.Length > 0, "user", "is without effect on a webhook: remove it");
            place.RefuseIf(hook.Timeout <= TimeSpan.Zero, "timeout", "is zero: give the hook time, such as 10s");
            Program(hook.Command, "command", place);
        }
    }

    public static void Program(ValueList<string> command, string field, Judge judge) =>
        judge.RefuseIf(command.Count > 0 && !command[0].StartsWith('/'), field,
            $"begins with \"{(command.Count > 0 ? command[0] : "")}\": give the program's whole path, no search path is used");
}
