"""`redress policy backtest`: what another pack would have made of the recorded past."""
