namespace Portcullis.Gateway.Hosting.Front;

/// <summary>What one client's frames cost. Those that carry something of a request are free, the others come out of a budget.</summary>
internal sealed class FrameAccount(FrameBudget budget)
{
    /// <summary>
    /// For so many bytes that it is sent, a client may open its windows once without cost. Most do it once for a quarter or half of a window, the most eager ones twice for
    /// every frame; who opens them byte by byte makes the server send frames that are mostly header.
    /// </summary>
    public const int BytesPerWindowUpdate = 128;

    private long sent;
    private long windowUpdates;
    private volatile bool isOverdrawn;

    /// <summary>From here on for ever.</summary>
    public bool IsOverdrawn => isOverdrawn;

    /// <summary>Called by one writer at a time.</summary>
    public void Sent(int bytes) => Volatile.Write(ref sent, sent + bytes);

    /// <summary>False when it was one too many.</summary>
    public bool Take(FrameHeaders frame)
    {
        isOverdrawn = isOverdrawn || (Costs(frame) && !budget.TrySpend());

        return !isOverdrawn;
    }

    // Resets are bounded with the streams that they reset. What is not named here, unknown types included, is needed a few times in a connection's life, or not at all.
    private bool Costs(FrameHeaders frame) => frame.Type switch
    {
        FrameType.Data => frame.Length == 0 && (frame.Flags & EndStream) == 0,
        FrameType.Headers or FrameType.ResetStream => false,
        FrameType.WindowUpdate => !IsEarned(),
        FrameType.Ping => (frame.Flags & Acknowledgement) == 0,
        _ => true,
    };

    private bool IsEarned()
    {
        if ((windowUpdates + 1) * BytesPerWindowUpdate > Volatile.Read(ref sent))
        {
            return false;
        }

        windowUpdates++;
        return true;
    }

    private const byte EndStream = 0x1;
    private const byte Acknowledgement = 0x1;
}
