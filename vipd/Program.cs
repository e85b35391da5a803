// SPDX-License-Identifier: Apache-2.0
using System.CommandLine;
using LoadBalancer.Vipd;

return await VipdCommandLine.Create(TimeProvider.System).Parse(args).InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = null });
