using Plateau.Contracts;
using Plateau.Server.Commands.Api;
using Plateau.Server.Tests.Clients;

namespace Plateau.Server.Tests.Commands;

/// <summary>Creations that several runs of a command may ask for.</summary>
public sealed class SharedCreationTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_was_deleted_is_made_anew_however_often_that_was()
    {
        await using var server = await TestServer.StartAsync(Store.Embedded);
        using var network = new Network();
        using var client = await network.ConnectAsync(server);
        var draft = new DeviceDraft { ReferenceId = "A" };
        for (var time = 0; time < 13; time++)
        {
            var device = await SharedCreation.CreateAsync(
                draft, ContractsJsonContext.Default.DeviceDraft, key => client.Devices.CreateAsync(draft, key, Cancel),
                made => client.Devices.GetAsync(made.Id, Cancel));

            Assert.Equal(device.Id, (await client.Devices.GetAsync(device.Id, Cancel)).Id);
            await client.Devices.DeleteAsync(device.Id, Cancel);
        }
    }

    [Fact]
    public async Task Kinds_whose_drafts_read_alike_are_not_taken_for_each_other()
    {
        await using var server = await TestServer.StartAsync(Store.Embedded);
        using var network = new Network();
        using var client = await network.ConnectAsync(server);
        var customer = new CustomerDraft { ReferenceId = "A" };
        var device = new DeviceDraft { ReferenceId = "A" };

        var owner = await SharedCreation.CreateAsync(
            customer, ContractsJsonContext.Default.CustomerDraft,
            key => client.Customers.CreateAsync(customer, key, Cancel),
            made => client.Customers.GetAsync(made.Id, Cancel));
        var owned = await SharedCreation.CreateAsync(
            device, ContractsJsonContext.Default.DeviceDraft, key => client.Devices.CreateAsync(device, key, Cancel),
            made => client.Devices.GetAsync(made.Id, Cancel));

        Assert.Equal(("A", "A"), (owner.ReferenceId, owned.ReferenceId));
    }
}
