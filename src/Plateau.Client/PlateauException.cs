using System.Net;
using Plateau.Contracts;

namespace Plateau.Client;

/// <summary>A call that did not succeed: the server refused it, or gave no answer that can be read.</summary>
public sealed class PlateauException : Exception
{
    /// <summary>Creates the fault of a call.</summary>
    /// <param name="message">The fault in words.</param>
    /// <param name="status">The answer's status; null when there was no answer.</param>
    /// <param name="error">The answer's error object; null when there was none.</param>
    /// <param name="requestId">The name of the request in the server's logs; null when there was no answer.</param>
    /// <param name="inner">What went wrong below; null when the server answered.</param>
    public PlateauException(
        string message, HttpStatusCode? status, ErrorObject? error, string? requestId, Exception? inner = null)
        : base(message, inner)
    {
        Status = status;
        Error = error;
        RequestId = requestId;
    }

    /// <summary>Status of the answer; null when the server could not be reached or gave no answer.</summary>
    public HttpStatusCode? Status { get; }

    /// <summary>
    /// The server's error object; null when there was no answer, or when it came from something else on the way.
    /// </summary>
    public ErrorObject? Error { get; }

    /// <summary>Stable code of the fault, see <see cref="ErrorCodes"/>; null without an error object.</summary>
    public string? Code => Error?.Code;

    /// <summary>Names the request in the server's logs; null when there was no answer.</summary>
    public string? RequestId { get; }
}
