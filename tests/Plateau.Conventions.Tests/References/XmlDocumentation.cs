using System.Reflection;
using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace Plateau.Conventions.Tests;

/// <summary>Reads the documentation that the compiler wrote beside an assembly.</summary>
internal sealed partial class XmlDocumentation
{
    private readonly Dictionary<string, XElement> _members;

    private XmlDocumentation(XDocument file) => _members = file.Descendants("member")
        .ToDictionary(member => member.Attribute("name")!.Value, StringComparer.Ordinal);

    public static XmlDocumentation Of(Assembly assembly) =>
        new(XDocument.Load(Path.Combine(AppContext.BaseDirectory, assembly.GetName().Name + ".xml")));

    /// <summary>The summary as one line of Markdown.</summary>
    public string SummaryOf(Type type) => Summary("T:" + type.FullName);

    /// <summary>The summary as one line of Markdown.</summary>
    public string SummaryOf(PropertyInfo property) => Summary($"P:{property.DeclaringType!.FullName}.{property.Name}");

    private string Summary(string name)
    {
        Assert.True(
            _members.TryGetValue(name, out var member),
            $"Write a <summary> for {name}: the reference is made from it.");
        var text = string.Concat(member!.Element("summary")!.Nodes().Select(Print));
        return WhiteSpace().Replace(text, " ").Trim().Replace("|", "\\|", StringComparison.Ordinal);
    }

    private static string Print(XNode node) => node switch
    {
        XElement { Name.LocalName: "c" } code => $"`{code.Value}`",
        XElement { Name.LocalName: "see" } see => $"`{see.Attribute("cref")!.Value.Split('.')[^1]}`",
        XElement other => other.Value,
        XText text => text.Value,
        _ => "",
    };

    [GeneratedRegex(@"\s+")]
    private static partial Regex WhiteSpace();
}
