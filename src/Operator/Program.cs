using System.CommandLine;
using Portcullis.Hosting;
using Portcullis.Operator.Hosting;

var commands = new RootCommand("Portcullis operator: turns declared routes and trust bundles into the configuration of gateways.")
{
    RunCommand.Create(StandaloneProcess.RunAsync),
    ClusterCommand.Create(ClusterProcess.RunAsync),
    TranslateCommand.Create(TimeProvider.System),
};

return await CommandLine.RunAsync("operator", commands, args);
