// SPDX-License-Identifier: Apache-2.0
using System.CommandLine;
using LoadBalancer.Benchmarks;

// Told to end, it takes its namespaces and processes down first, which a loaded machine may take a while for.
return await BenchCommands.Root().Parse(args).InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = TimeSpan.FromSeconds(20) });
