using Plateau.Client;

namespace Plateau.Server.WebConsole;

/// <summary>A page with a form. What the API finds wrong with the input is kept for its fields to show.</summary>
public abstract class FormPage : VisitorPage
{
    private string? _address;

    /// <summary>What is wrong with the input.</summary>
    internal FormFaults Faults { get; private protected set; } = FormFaults.None;

    /// <summary>Why the form was not taken, when that is not the input's fault; null otherwise.</summary>
    internal Trouble? Refusal { get; private set; }

    /// <summary>Whether it is being sent.</summary>
    internal bool IsSending { get; private set; }

    /// <inheritdoc/>
    protected override Task OnParametersSetAsync()
    {
        // A form is read once for its address: reading it again would take away what was filled in.
        if (!RendererInfo.IsInteractive || _address == Navigation.Uri)
        {
            return Task.CompletedTask;
        }
        _address = Navigation.Uri;
        return base.OnParametersSetAsync();
    }

    /// <summary>Sends what was filled in, and leads on.</summary>
    /// <param name="client">Calls the API as the visitor.</param>
    /// <param name="cancel">The page is left.</param>
    protected abstract Task SendAsync(PlateauClient client, CancellationToken cancel);

    /// <summary>Sends the form, once at a time.</summary>
    internal async Task SubmitAsync()
    {
        if (IsSending)
        {
            return;
        }
        (IsSending, Faults, Refusal) = (true, FormFaults.None, null);
        Refusal = await TryAsync(TrySendAsync, Left);
        IsSending = false;
    }

    private async Task TrySendAsync(PlateauClient client)
    {
        try
        {
            await SendAsync(client, Left);
        }
        catch (PlateauException fault) when (FormFaults.Of(fault) is { } faults)
        {
            Faults = faults;
        }
    }
}
