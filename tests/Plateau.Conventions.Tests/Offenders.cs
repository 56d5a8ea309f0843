namespace Plateau.Conventions.Tests;

/// <summary>Fails with every offender at once and a sentence that says what to do.</summary>
internal static class Offenders
{
    public static void ShouldBeNone(IEnumerable<string> offenders, string whatToDo)
    {
        var found = offenders.Order(StringComparer.Ordinal).ToList();
        if (found.Count > 0)
        {
            Assert.Fail(
                whatToDo + Environment.NewLine + string.Join(Environment.NewLine, found.Select(one => "  " + one)));
        }
    }
}
