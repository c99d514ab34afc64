"""Feeling, style and words become a song: plan, words, harmony, melody, arrangement.

plan, form, curve, lift, styles, tables     what a song is planned from
words, harmony, melody, arranging           its levels, each a folder
pieces                                      music on a bar grid, as the network reads it; songs as pieces and back
decoding                                    the network's composer: engine, grammar, drawing, drafts, measures
catalogue, wishing                          the network's styles, and what a person may ask of it
compose, by_network                         all levels in a row; parts that the network writes anew
"""
