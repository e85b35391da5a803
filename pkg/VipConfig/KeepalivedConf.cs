// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.VipConfig.Judging;
using LoadBalancer.VipConfig.Keepalived;

namespace LoadBalancer.VipConfig;

/// <summary>The second door: an existing <c>keepalived.conf</c> as it stands, with keepalived's own defaults.</summary>
public static class KeepalivedConf
{
    /// <summary>
    /// Reads a file's text. Errors are lines that cannot be right; ignored ones are right for keepalived and mean nothing
    /// here, each with what to do instead. Nothing is dropped without one of them.
    /// </summary>
    public static ConfigurationReading Read(string text, string file, KeepalivedOptions options)
    {
        ProblemList problems = new();
        problems.Locate("", new(file, 1, 0));
        List<ConfLine> lines = new Preprocessor(options, problems).Read(text, file);
        List<Statement> statements = BlockParser.Parse(lines, problems);
        VipConfiguration configuration = RootBlock.Read(statements, problems);
        if (options.FindProgram is { } find)
            configuration = new ProgramSearch(find, problems).Complete(configuration);
        if (statements.Count == 0)
            problems.Add(ProblemKind.Error, "", "the file says nothing: add a vrrp_instance");
        Validation.Judge(configuration, problems);
        return new(configuration, problems.InOrder()) { Places = problems };
    }
}
