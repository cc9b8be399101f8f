using System.CommandLine;
using Portcullis.Demo;

var backends = new Option<DemoBackends>("--backends") { Description = "embedded (default), or debian for nginx and Apache", DefaultValueFactory = _ => DemoBackends.Embedded };
var folder = new Option<string>("--folder") { Description = "where manifests, state and the demo's root are written" };
var samples = new Option<string>("--samples") { Description = "the manifests to serve", DefaultValueFactory = _ => "samples" };
var port = new Option<int>("--port") { Description = "of the gateway's HTTPS front", DefaultValueFactory = _ => 8443 };

var run = new Command("run", "A verified request and every kind of refused one.") { backends, folder };
run.SetAction((parsed, cancellationToken) =>
    RunCommand.ExecuteAsync(parsed.GetValue(backends), parsed.GetValue(folder) ?? "artifacts/demo", cancellationToken));

var dev = new Command("dev", "Operator and gateway over a folder of manifests, until Ctrl-C.") { samples, port, folder };
dev.SetAction((parsed, cancellationToken) =>
    DevCommand.ExecuteAsync(parsed.GetRequiredValue(samples), parsed.GetValue(port), parsed.GetValue(folder) ?? "artifacts/dev", cancellationToken));

return await new RootCommand("Portcullis on one machine, without a cluster.") { run, dev }.Parse(args).InvokeAsync();
