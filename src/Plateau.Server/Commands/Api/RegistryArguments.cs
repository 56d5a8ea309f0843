using System.CommandLine;

namespace Plateau.Server.Commands.Api;

/// <summary>Options that lists of the registry share.</summary>
internal static class RegistryArguments
{
    public static readonly Option<string?> Reference = new("--reference")
    {
        Description = "Only those with exactly this reference_id.",
        HelpName = "text",
    };
}
