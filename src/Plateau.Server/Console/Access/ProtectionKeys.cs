using System.Xml.Linq;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.AspNetCore.DataProtection.Repositories;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Plateau.Server.Storage;

namespace Plateau.Server.WebConsole;

/// <summary>
/// Where data protection keeps its keys: in the store, so that a visitor of one process is known to every other. They
/// lie there as they are, like the keys that sign tokens.
/// </summary>
internal sealed class ProtectionKeys(IDbContextFactory<PlateauDb> databases) : IXmlRepository
{
    public IReadOnlyCollection<XElement> GetAllElements()
    {
        using var db = databases.CreateDbContext();
        return [.. db.ProtectionKeys.AsNoTracking().Select(row => row.Xml).AsEnumerable().Select(XElement.Parse)];
    }

    // Data protection knows no other way to be given and asked for keys; it does so once in months. It may do so
    // while a page is rendered: what is awaited must not want to go on in that page's context, which waits here.
    public void StoreElement(XElement element, string friendlyName) =>
        Task.Run(() => StoreAsync(element, friendlyName, CancellationToken.None)).GetAwaiter().GetResult();

    private async Task StoreAsync(XElement element, string name, CancellationToken cancel)
    {
        await using var db = await databases.CreateDbContextAsync(cancel);
        await using var write = await db.BeginWriteAsync(cancel);
        db.ProtectionKeys.Add(new ProtectionKeyRow
        {
            Name = name, Xml = element.ToString(SaveOptions.DisableFormatting),
        });
        await write.CommitAsync(cancel);
    }
}

/// <summary>Tells data protection of its place.</summary>
internal sealed class UseProtectionKeys(ProtectionKeys keys) : IConfigureOptions<KeyManagementOptions>
{
    public void Configure(KeyManagementOptions options) => options.XmlRepository = keys;
}
