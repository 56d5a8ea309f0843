namespace Plateau.Conventions.Tests;

/// <summary>A checked-in file that must equal what is generated, so that its changes are reviewed.</summary>
internal static class GoldenFile
{
    private const string UpdateVariable = "PLATEAU_UPDATE_REFERENCE";

    public static void ShouldEqual(string name, string generated)
    {
        var file = Path.Combine(Repository.Root, "docs", "reference", name);
        var text = generated.TrimEnd() + "\n";
        if (Environment.GetEnvironmentVariable(UpdateVariable) == "1")
        {
            File.WriteAllText(file, text);
        }
        var found = File.Exists(file) ? File.ReadAllText(file) : "";
        if (!string.Equals(found, text, StringComparison.Ordinal))
        {
            Assert.Fail($"docs/reference/{name} is not what the code says: {FirstDifference(found, text)}. "
                + $"Run these tests with {UpdateVariable}=1, look at the difference, and check it in.");
        }
    }

    private static string FirstDifference(string found, string text)
    {
        var (old, now) = (found.Split('\n'), text.Split('\n'));
        var line = Enumerable.Range(0, Math.Max(old.Length, now.Length))
            .First(index => old.ElementAtOrDefault(index) != now.ElementAtOrDefault(index));
        var (was, becomes) = (old.ElementAtOrDefault(line), now.ElementAtOrDefault(line));
        return $"line {line + 1} is \"{was}\" and should be \"{becomes}\"";
    }
}
