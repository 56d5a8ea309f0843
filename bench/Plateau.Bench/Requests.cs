using System.Text;

namespace Plateau.Bench;

/// <summary>The requests of a load, ready to be sent.</summary>
internal interface IRequests
{
    /// <summary>Records in each request; 1 of what is no submission.</summary>
    int Records { get; }

    /// <summary>The next request; its bytes are good until the one after. Empty when there are no more.</summary>
    ReadOnlySpan<byte> Next();
}

/// <summary>GETs of these paths in turn, for ever.</summary>
/// <param name="paths">Paths with their queries.</param>
/// <param name="token">The bearer token; null where none is asked for.</param>
internal sealed class PathRequests(IEnumerable<string> paths, string? token) : IRequests
{
    private readonly byte[][] _requests = [.. paths.Select(path => Encoding.ASCII.GetBytes(
        $"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n{Authorization(token)}\r\n"))];
    private int _turn;

    public int Records => 1;

    public ReadOnlySpan<byte> Next()
    {
        var request = _requests[_turn];
        _turn = (_turn + 1) % _requests.Length;
        return request;
    }

    /// <summary>The header of a token, with its line's end; empty of none.</summary>
    public static string Authorization(string? token) => token is null ? "" : $"Authorization: Bearer {token}\r\n";
}

/// <summary>
/// States that were never submitted before, from a whole fleet: each has another reference, and every device's clock
/// moves on by a second from one of its states to the next.
/// </summary>
internal sealed class FreshStates : IRequests
{
    private readonly RecordText _body;
    private readonly RecordText _request;
    private readonly int[] _order;
    private readonly byte[] _headers;
    private readonly SubmissionForm _form;
    private readonly int _lane;
    private readonly int _lanes;
    private DateTimeOffset _time;
    private long _count;

    /// <param name="fleet">The devices; each submits in its turn.</param>
    /// <param name="token">The bearer token; null where none is asked for.</param>
    /// <param name="from">The time of every device's first state.</param>
    /// <param name="form">How states are sent.</param>
    /// <param name="records">States in each request; 1 of <see cref="SubmissionForm.Put"/>.</param>
    /// <param name="lane">Which of the lanes this is, from 0: each has seconds of its own.</param>
    /// <param name="lanes">How many lanes send at once.</param>
    public FreshStates(
        Fleet fleet, string? token, DateTimeOffset from, SubmissionForm form, int records = 1, int lane = 0,
        int lanes = 1)
    {
        _body = new RecordText(fleet);
        _request = new RecordText(fleet);
        // Devices do not submit in the order of their ids; a seed makes every run the same.
        _order = [.. Enumerable.Range(0, fleet.Devices.Count)];
        new Random(1).Shuffle(_order);
        var type = form == SubmissionForm.Lines ? "text/plain" : "application/json";
        _headers = Encoding.ASCII.GetBytes(
            $"HTTP/1.1\r\nHost: 127.0.0.1\r\n{PathRequests.Authorization(token)}"
            + $"Content-Type: {type}\r\nContent-Length: ");
        _form = form;
        _lane = lane;
        _lanes = lanes;
        _time = from.AddSeconds(lane);
        Records = records;
    }

    public int Records { get; }

    public ReadOnlySpan<byte> Next()
    {
        _body.Clear();
        _request.Clear();
        var device = WriteBody();
        switch (_form)
        {
            case SubmissionForm.Put:
                _request.Add("PUT /devices/"u8);
                _request.AddDevice(device);
                _request.Add("/state "u8);
                break;
            case SubmissionForm.Batch:
                _request.Add("POST /device-states "u8);
                break;
            default:
                _request.Add("POST /write?db=bench "u8);
                break;
        }
        _request.Add(_headers);
        _request.Add(_body.Written.Length);
        _request.Add("\r\n\r\n"u8);
        _request.Add(_body.Written);
        return _request.Written;
    }

    private int WriteBody()
    {
        var device = 0;
        if (_form == SubmissionForm.Batch)
        {
            _body.Add("{\"data\":["u8);
        }
        for (var index = 0; index < Records; index++)
        {
            device = _order[_count % _order.Length];
            if (_count > 0 && _count % _order.Length == 0)
            {
                _time = _time.AddSeconds(_lanes);
            }
            var number = (_count * _lanes) + _lane;
            _count++;
            if (_form == SubmissionForm.Lines)
            {
                _body.AddLine(device, _time);
                continue;
            }
            _body.Add(index > 0 ? ","u8 : ""u8);
            _body.AddState(device, _time, number, namesDevice: _form == SubmissionForm.Batch);
        }
        if (_form == SubmissionForm.Batch)
        {
            _body.Add("]}"u8);
        }
        return device;
    }
}

/// <summary>How states are sent.</summary>
internal enum SubmissionForm
{
    /// <summary>One by one, as a device does.</summary>
    Put,

    /// <summary>Some in one body, as an aggregator does.</summary>
    Batch,

    /// <summary>In the line protocol of the databases that are measured beside.</summary>
    Lines,
}
