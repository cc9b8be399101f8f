using System.CommandLine;
using Portcullis.Gateway.Hosting.Check;

var command = new RootCommand("The Portcullis gateway.") { CheckCommand.Create() }.Parse(args);
var status = await command.InvokeAsync();

// What cannot be parsed is wrong usage; 1 means refused.
return command.Errors.Count > 0 ? 2 : status;
