using System.CommandLine;
using System.CommandLine.Parsing;
using Plateau.Contracts;
using Plateau.Server.Access;
using Plateau.Server.Http;

namespace Plateau.Server.Commands;

/// <summary>Arguments and options that several commands of the operator take.</summary>
internal static class OperatorArguments
{
    private const int MaxRows = 10_000;

    /// <summary>How many rows a list prints.</summary>
    public static readonly Option<int> Limit = new("--limit")
    {
        Description = "Print at most this many, newest first, 1 to 10000.",
        HelpName = "count",
        DefaultValueFactory = _ => 100,
        Validators = { CheckLimit },
    };

    /// <summary>An argument that is an id.</summary>
    public static Argument<TId> Id<TId>(string name, string description) where TId : struct, IObjectId<TId> => new(name)
    {
        Description = description,
        CustomParser = argument =>
        {
            var text = argument.Tokens[0].Value;
            if (!ObjectIdText.TryParse(text, out TId id))
            {
                argument.AddError(NotAnId<TId>(text));
            }
            return id;
        },
    };

    /// <summary>What is told of a text that is no id. A secret key, told in place of one, is not repeated.</summary>
    public static string NotAnId<TId>(string text) where TId : struct, IObjectId<TId>
    {
        var example = TId.Of(ObjectId.From(0x65f0c2a4, 0xb1d2e3f4_05060708));
        return text.StartsWith(Secrets.KeyPrefix, StringComparison.Ordinal)
            ? $"A secret key stands where an id such as {example} is wanted."
            : $"'{text}' is not an id such as {example}.";
    }

    /// <summary>Refuses a name that the API would refuse.</summary>
    public static void CheckName(SymbolResult symbol)
    {
        foreach (var token in symbol.Tokens)
        {
            if (TextField.FindFault(token.Value.Trim(), 1, TextField.MaxLength) is { } mustBe)
            {
                symbol.AddError($"A name must be {mustBe}.");
            }
        }
    }

    private static void CheckLimit(OptionResult option)
    {
        // What is not a number has its fault already.
        if (option.Tokens is [var token, ..] && int.TryParse(token.Value, out var limit) && limit is < 1 or > MaxRows)
        {
            option.AddError($"--limit is 1 to {MaxRows}.");
        }
    }
}
