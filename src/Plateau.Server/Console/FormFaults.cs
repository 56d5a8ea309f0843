using Plateau.Client;
using Plateau.Contracts;

namespace Plateau.Server.WebConsole;

/// <summary>What is wrong with a form's input, by the JSON paths of the API.</summary>
internal sealed class FormFaults(IReadOnlyList<FieldError> errors)
{
    /// <summary>Nothing is wrong.</summary>
    public static readonly FormFaults None = new([]);

    /// <summary>Whether anything is wrong.</summary>
    public bool Any => errors.Count > 0;

    /// <summary>What the API found wrong with the input; null when it failed for another reason.</summary>
    public static FormFaults? Of(PlateauException fault) => fault switch
    {
        { Error.Errors: { Count: > 0 } errors } => new(errors),
        { Code: ErrorCodes.CustomerNotFound } => new([new("$.customer_id", fault.Code, fault.Message)]),
        _ => null,
    };

    /// <summary>What is wrong at a path, in words; null when nothing is.</summary>
    public string? At(string path) =>
        string.Join(' ', errors.Where(error => error.Path == path).Select(error => error.Message))
            is { Length: > 0 } words ? words : null;

    /// <summary>What is wrong at no path of these.</summary>
    public IEnumerable<string> Beside(IReadOnlyCollection<string> paths) =>
        errors.Where(error => !paths.Contains(error.Path)).Select(error => error.Message);
}
