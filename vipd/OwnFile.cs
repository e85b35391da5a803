// SPDX-License-Identifier: Apache-2.0
using System.Text;

namespace LoadBalancer.Vipd;

/// <summary>A file of this daemon's own, which a process may be killed while it writes.</summary>
internal static class OwnFile
{
    /// <summary>Puts this text in the place of what is there: on the disk when it returns, and for its owner alone (mode 0600).</summary>
    /// <exception cref="IOException">The folder cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder may not be written.</exception>
    public static void Replace(string path, string text)
    {
        string fresh = path + ".new";
        File.Delete(fresh);
#pragma warning disable CA1416 // the daemon is Linux through and through
        using (FileStream file = new(fresh, new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite }))
#pragma warning restore CA1416
        {
            file.Write(Encoding.UTF8.GetBytes(text));
            file.Flush(flushToDisk: true);
        }

        // Whoever reads finds the one or the other, whole.
        File.Move(fresh, path, overwrite: true);
    }
}
