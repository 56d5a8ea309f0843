using Plateau.Contracts;

namespace Plateau.Server.Http;

/// <summary>Collects the faults of one body, in the order they are found, up to a limit.</summary>
internal sealed class BodyFaults
{
    /// <summary>Faults kept at the most; a body with more is refused with the first of them.</summary>
    public const int Max = 100;

    private const int MaxNameLength = 64;

    private readonly List<FieldError> _found = [];

    /// <summary>The faults found so far, the first of them.</summary>
    public IReadOnlyList<FieldError> Found => _found;

    /// <summary>How many were found, those beyond the limit included.</summary>
    public int Count { get; private set; }

    /// <summary>Whether any was found.</summary>
    public bool Any => Count > 0;

    /// <summary>The value of a member is of a wrong type or out of range.</summary>
    /// <param name="path">JSON path of the member.</param>
    /// <param name="name">Name of the member.</param>
    /// <param name="message">What it must be, and what it was.</param>
    public void Invalid(string path, string name, string message) => Add(path, name + "_invalid", message);

    /// <summary>A required member is absent or null.</summary>
    public void Missing(string path, string name) => Add(path, name + "_missing", $"{name} is required.");

    /// <summary>A member stands twice.</summary>
    public void Duplicate(string path, string name) => Add(path, name + "_duplicate", $"{name} stands more than once.");

    /// <summary>The call knows no such member.</summary>
    public void Unknown(string parentPath, string? sentName)
    {
        var name = IsPlain(sentName) ? sentName! : "member";
        Add($"{parentPath}.{name}", name + "_unknown", $"This call has no member {Quote.Of(sentName)}.");
    }

    private void Add(string path, string code, string message)
    {
        Count++;
        if (_found.Count < Max)
        {
            _found.Add(new FieldError(path, code, message));
        }
    }

    // A code is stable and safe to log, so a name that looks unlike any of ours does not become part of one.
    private static bool IsPlain(string? name)
    {
        if (name is not { Length: > 0 and <= MaxNameLength })
        {
            return false;
        }
        foreach (var character in name)
        {
            if (!char.IsAsciiLetterOrDigit(character) && character != '_')
            {
                return false;
            }
        }
        return true;
    }
}
