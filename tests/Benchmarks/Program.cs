// SPDX-License-Identifier: Apache-2.0
using System.CommandLine;
using LoadBalancer.Benchmarks;

return await BenchCommands.Root().Parse(args).InvokeAsync();
