"""What programs may read and do: each view fetches through the door, calls one service, and shows what there is now."""
