using System.CommandLine;
using Portcullis.Gateway.Hosting;
using Portcullis.Gateway.Hosting.Check;
using Portcullis.Hosting;

var commands = new RootCommand("Portcullis gateway: HTTPS in front, verified HTTPS to backends.")
{
    RunCommand.Create(GatewayProcess.RunAsync),
    CheckCommand.Create(),
};

return await CommandLine.RunAsync("gateway", commands, args);
