using System.Globalization;
using System.Text;

namespace Plateau.Bench;

/// <summary>
/// Past days, a request of whole devices: those of one day, then those of the day before. Minutes are told at their
/// half, so that no record is on the edge of a bucket.
/// </summary>
/// <param name="fleet">The devices.</param>
/// <param name="token">The bearer token; null where none is asked for.</param>
/// <param name="until">Midnight before which the days are.</param>
/// <param name="form"><see cref="SubmissionForm.Batch"/> or <see cref="SubmissionForm.Lines"/>.</param>
internal sealed class PastStates(Fleet fleet, string? token, DateTimeOffset until, SubmissionForm form) : IRequests
{
    private readonly RecordText _body = new(fleet);
    private readonly RecordText _request = new(fleet);
    private long _count;

    /// <summary>Minutes of a device in each request, from midnight on; 1 to 1440.</summary>
    public int Minutes { get; init; } = 1440;

    /// <summary>Devices in each request.</summary>
    public int DevicesAtOnce { get; init; } = 1;

    /// <summary>Which of the lanes this is, from 0; each has devices of its own.</summary>
    public int Lane { get; init; }

    /// <summary>How many lanes send at once.</summary>
    public int Lanes { get; init; } = 1;

    /// <summary>Days after which there are no more requests.</summary>
    public int MostDays { get; init; } = int.MaxValue;

    public int Records => Minutes * DevicesAtOnce;

    public ReadOnlySpan<byte> Next()
    {
        var groups = fleet.Devices.Count / DevicesAtOnce / Lanes;
        var day = _count / groups;
        if (day >= MostDays)
        {
            return [];
        }
        var first = (int)((_count % groups * Lanes) + Lane) * DevicesAtOnce;
        _count++;
        WriteBody(first, until.AddDays(-1 - day));
        var (path, type) = form == SubmissionForm.Batch
            ? ("/device-states", "application/json")
            : ("/write?db=bench", "text/plain");
        _request.Clear();
        _request.Add(Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"""
            POST {path} HTTP/1.1
            Host: 127.0.0.1
            {PathRequests.Authorization(token)}Content-Type: {type}
            Content-Length: {_body.Written.Length}


            """).ReplaceLineEndings("\r\n")));
        _request.Add(_body.Written);
        return _request.Written;
    }

    private void WriteBody(int first, DateTimeOffset day)
    {
        _body.Clear();
        if (form == SubmissionForm.Batch)
        {
            _body.Add("{\"data\":["u8);
        }
        for (var device = first; device < first + DevicesAtOnce; device++)
        {
            for (var minute = 0; minute < Minutes; minute++)
            {
                var time = day.AddMinutes(minute).AddSeconds(30);
                if (form == SubmissionForm.Lines)
                {
                    _body.AddLine(device, time);
                    continue;
                }
                _body.Add(device > first || minute > 0 ? ","u8 : ""u8);
                _body.AddState(device, time, time.ToUnixTimeSeconds() / 60, namesDevice: true);
            }
        }
        if (form == SubmissionForm.Batch)
        {
            _body.Add("]}"u8);
        }
    }
}
