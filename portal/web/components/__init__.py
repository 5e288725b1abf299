"""What every page is made of: one module for each thing a person sees, drawn with `rx.el` and our classes.

Components take plain values or Reflex vars alike. None of them knows a rule or reads anything: what they
draw arrives ready to be read, in the shapes of `shapes`.
"""
