// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Benchmarks;

return await BenchCommands.Root().Parse(args).InvokeAsync();
