using System.Data.Common;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Options;
using Npgsql;
using Plateau.Server.Storage;

namespace Plateau.Server.Commands;

/// <summary>A command cannot do what it was asked to; the message is all that its user needs.</summary>
internal sealed class CommandFailure(string message, Exception? inner = null) : Exception(message, inner)
{
    private const string ListenElsewhere = "Name another address with --urls.";

    /// <summary>What the process exits with.</summary>
    public int ExitCode { get; private init; } = CommandLine.Failed;

    /// <summary>What is wrong with the arguments themselves.</summary>
    public static CommandFailure OfArguments(string message, Exception? inner = null) =>
        new(message, inner) { ExitCode = CommandLine.BadArguments };

    /// <summary>What to tell the user; null for a bug, whose stack trace is wanted.</summary>
    public static string? Explain(Exception exception) => exception switch
    {
        CommandFailure or SchemaTooNewException => exception.Message,
        OptionsValidationException invalid => string.Join(" ", invalid.Failures),
        DbException fault => $"The store cannot be used: {ReasonOf(fault)}",
        IOException or UnauthorizedAccessException => exception.Message,
        // The file of settings is named outside, its fault inside.
        InvalidDataException { InnerException: { } inner } => $"{exception.Message} {inner.Message}",
        _ => exception.InnerException is DbException inside ? Explain(inside) : null,
    };

    /// <summary>Writes to a file, and names it in what is told of a failure to.</summary>
    public static void Writing(string path, Action write) => Writing(path, () =>
    {
        write();
        return true;
    });

    /// <summary>Opens a file to be written, and names it in what is told of a failure to.</summary>
    public static T Writing<T>(string path, Func<T> open)
    {
        try
        {
            return open();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            var reason = exception is DirectoryNotFoundException ? "its folder does not exist." : exception.Message;
            throw new CommandFailure($"{path} cannot be written: {reason}", exception);
        }
    }

    /// <summary>Uses the store, and names it in what is told of a failure to.</summary>
    public static async Task<T> NamingStoreAsync<T>(Engine engine, Func<Task<T>> use)
    {
        try
        {
            return await use();
        }
        catch (Exception exception) when (StoreFaultIn(exception) is { } fault)
        {
            throw new CommandFailure($"The store {engine.Place} cannot be used: {ReasonOf(fault)}", exception);
        }
    }

    /// <summary>Starts to listen, and names the addresses in what is told of a failure to.</summary>
    public static async Task ListeningAsync(string urls, Func<Task> start)
    {
        try
        {
            await start();
        }
        catch (SocketException exception)
        {
            throw new CommandFailure($"Cannot listen on {urls}: {exception.Message}. {ListenElsewhere}", exception);
        }
        catch (IOException exception) when (exception.InnerException is AddressInUseException)
        {
            throw new CommandFailure($"{exception.Message} {ListenElsewhere}", exception);
        }
        // The listener refuses an address without a certificate, for instance, with exceptions of every kind.
        catch (Exception exception) when (exception is InvalidOperationException or FormatException
            && exception.Source?.StartsWith("Microsoft.AspNetCore.Server.Kestrel", StringComparison.Ordinal) is true)
        {
            throw new CommandFailure($"Cannot listen on {urls}: {exception.Message}", exception);
        }
    }

    private static Exception? StoreFaultIn(Exception exception) => exception switch
    {
        // What was stopped carries the store's word that it was stopped.
        OperationCanceledException => null,
        DbException or IOException or UnauthorizedAccessException or SocketException => exception,
        { InnerException: DbException inner } => inner,
        _ => null,
    };

    private static string ReasonOf(Exception fault) => fault switch
    {
        PostgresException postgres => $"{postgres.MessageText} ({postgres.SqlState})",
        NpgsqlException { InnerException: { } inner } => $"{fault.Message}: {inner.Message}",
        _ => fault.Message,
    };
}
