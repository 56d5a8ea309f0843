namespace Plateau.Contracts;

/// <summary>One page of a list, newest first.</summary>
/// <typeparam name="T">What is listed.</typeparam>
public sealed record ListPage<T>
{
    /// <summary>Always <c>list</c>.</summary>
    public string Object { get; init; } = "list";

    /// <summary>Path of the list.</summary>
    public required string Url { get; init; }

    /// <summary>
    /// Whether more objects follow; after <c>ending_before</c>, whether more lie before.
    /// </summary>
    public required bool HasMore { get; init; }

    /// <summary>The objects, newest first, at most as many as the limit.</summary>
    public required IReadOnlyList<T> Data { get; init; }
}
